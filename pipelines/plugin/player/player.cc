#include "player/player.h"

#include <algorithm>
#include <cmath>

namespace interconnect {
namespace {

constexpr unsigned kTickMs = 20;
/** Whoever cuts it short does not wish to hear a click. */
constexpr unsigned kShortestStopMs = 5;
/** A disk that takes longer than this is not coming back in time for anybody. */
constexpr unsigned kMaxStarvedTicks = 6'000 / kTickMs;

float gainOf(double db) { return db == 0 ? 1 : static_cast<float>(std::pow(10, db / 20)); }

float underOf(const PlayerSpec& spec) {
  switch (spec.under) {
    case Under::Keep: return 1;
    case Under::Duck: return gainOf(spec.duckDb);
    case Under::Replace: break;
  }
  return 0;
}

}  // namespace

const char* nameOf(PlayerEndReason reason) {
  switch (reason) {
    case PlayerEndReason::Finished: return "finished";
    case PlayerEndReason::Stopped: return "stopped";
    case PlayerEndReason::Limit: return "limit";
    case PlayerEndReason::Failed: return "failed";
    case PlayerEndReason::Closed: break;
  }
  return "closed";
}

Player::Player(const PlayerSpec& spec, uint32_t rate, std::unique_ptr<AudioSource> source)
    : id_(spec.player),
      rate_(rate),
      source_(std::move(source)),
      level_(gainOf(spec.levelDb)),
      under_(underOf(spec)),
      fadeIn_(samplesOf(spec.fadeInMs)),
      waitTicks_(spec.waitMs / kTickMs),
      fadeAtEnd_(samplesOf(spec.fadeOutMs)),
      fadeOut_(samplesOf(std::max(spec.fadeOutMs, kShortestStopMs))),
      endsAt_(samplesOf(spec.maxMs)) {}

void Player::tick(bool mayStart) {
  if (phase_ == Phase::Preparing) prepare(mayStart);
  else if (phase_ == Phase::Draining) phase_ = Phase::Ended;
  if (phase_ == Phase::Playing) play();
  else std::fill_n(pcm_.data(), tickSamples(), int16_t{0});
}

void Player::prepare(bool mayStart) {
  if (!source_->ready()) {
    if (++starved_ > kMaxStarvedTicks) fail({"media.file-undecodable", "nothing has come of the file in time"});
    return;
  }
  if (source_->left() == size_t{0} && source_->failure() != nullptr) return fail(*source_->failure());
  if (!mayStart && waited_++ < waitTicks_) return;
  starved_ = 0;
  phase_ = Phase::Playing;
}

void Player::play() {
  const size_t n = source_->read(pcm_.data(), tickSamples());
  std::fill(pcm_.begin() + static_cast<std::ptrdiff_t>(n), pcm_.begin() + static_cast<std::ptrdiff_t>(tickSamples()), int16_t{0});
  const auto left = source_->left();
  if (left && position_ + n + *left < endsAt_) {
    endsAt_ = position_ + n + *left;
    fadeOut_ = fadeAtEnd_;
    endReason_ = source_->failure() != nullptr ? PlayerEndReason::Failed : PlayerEndReason::Finished;
  }
  shape(n);
  position_ = std::min(position_ + n, endsAt_);
  if (position_ >= endsAt_) return endReason_ == PlayerEndReason::Failed ? fail(*source_->failure()) : end(endReason_);
  starved_ = n == 0 ? starved_ + 1 : 0;
  if (starved_ == 0) return;
  if (stopping_) end(PlayerEndReason::Stopped);
  else if (starved_ > kMaxStarvedTicks) fail({"media.file-undecodable", "nothing more has come of the file in time"});
}

void Player::shape(size_t n) {
  const bool ramps = position_ < fadeIn_ || position_ + n + fadeOut_ > endsAt_;
  if (!ramps && level_ == 1) return;
  for (size_t i = 0; i < n; i++) {
    const float gain = ramps ? level_ * gainAt(position_ + i) : level_;
    pcm_[i] = static_cast<int16_t>(std::clamp(std::lrint(gain * pcm_[i]), -32768L, 32767L));
  }
}

float Player::gainAt(size_t position) const {
  float gain = 1;
  if (position < fadeIn_) gain = static_cast<float>(position) / static_cast<float>(fadeIn_);
  if (position >= endsAt_) return 0;
  const size_t left = endsAt_ - position;
  if (left < fadeOut_) gain *= static_cast<float>(left) / static_cast<float>(fadeOut_);
  return gain;
}

void Player::stop(unsigned fadeOutMs) {
  if (phase_ == Phase::Preparing) return end(PlayerEndReason::Stopped);
  if (phase_ != Phase::Playing || stopping_) return;
  const size_t ramp = samplesOf(std::max(fadeOutMs, kShortestStopMs));
  if (position_ + ramp >= endsAt_) return;
  stopping_ = true;
  fadeOut_ = ramp;
  endsAt_ = position_ + ramp;
  endReason_ = PlayerEndReason::Stopped;
}

void Player::pause() {
  if (phase_ == Phase::Playing && stopping_) end(PlayerEndReason::Stopped);
  if (phase_ == Phase::Draining) phase_ = Phase::Ended;
}

void Player::end(PlayerEndReason reason) {
  endReason_ = reason;
  // One tick of silence more: what is on its way through the resampler is heard.
  phase_ = Phase::Draining;
}

void Player::fail(const SourceFailure& failure) {
  failure_ = failure;
  end(PlayerEndReason::Failed);
}

void Player::write(const Frame& frame, size_t samples) { converter_.convert(pcm_.data(), rate_, frame, samples); }

void Player::writeAgain(const Frame& frame, size_t samples) {
  converter_ = RateConverter();
  write(frame, samples);
}

}  // namespace interconnect
