#include "dtmf/tone-detector.h"

#include <algorithm>
#include <cmath>

#include "dtmf/tone-pair.h"

namespace interconnect {
namespace {

constexpr float kBlockSeconds = 1.0F / ToneSpectrum::kBlocksPerSecond;
constexpr float kWindowSeconds = kBlockSeconds * ToneSpectrum::kWindowBlocks;
constexpr auto kBlockMs = static_cast<uint32_t>(1000 / ToneSpectrum::kBlocksPerSecond);
constexpr float kTwoPi = 6.2831853F;

/** Of one tone: −30 dBm0, where Q.24's weakest has −25. */
constexpr float kMinAmplitude = 32768 * 1.41421356F * 0.0156F;
/** High over low: Q.24 allows +4 and −8 dB, and what a filter on the way adds. */
constexpr float kMaxTwist = 3.98F;
constexpr float kMinTwist = 0.1F;
/** Share of the power that the two tones have in a digit; and less, with something else beside them, while it goes on. */
constexpr float kMinShare = 0.87F;
constexpr float kMinShareOn = 0.5F;
/** Q.24: 1.5 % have to be taken, 3.5 % refused; of one step, which noise disturbs, and of a whole run. */
constexpr float kMaxStepOff = 0.04F;
constexpr float kMaxOff = 0.023F;
/** With the window that the first is measured from: 35 ms. */
constexpr int kHitsToBegin = 4;
/** 20 ms: an interruption of 10 ms does not end a digit, a pause of 40 ms does (Q.24). */
constexpr int kMissesToEnd = 4;
/** After a loss decoders take a while to find the tone again. */
constexpr int kUnsureBlocks = 5;
/** So long may the tone be hidden by what was lost, in blocks. */
constexpr int kMaxUnknown = 24;

/** How far the frequency is off that turns so much more than it should with a block, Hz. */
float offOf(std::complex<float> turn) { return std::arg(turn) / (kTwoPi * kBlockSeconds); }

/** Power of a tone that is so far off its frequency is seen this much too low. */
float seenShare(float offHz) {
  const float x = kTwoPi / 2 * offHz * kWindowSeconds;
  if (std::fabs(x) < 0.01F) return 1;
  const float s = std::sin(x) / x;
  return s * s;
}

float hzOfLow(size_t key) { return static_cast<float>(kLowGroupHz[key / 4]); }
float hzOfHigh(size_t key) { return static_cast<float>(kHighGroupHz[key % 4]); }

}  // namespace

void ToneDetector::add(const int16_t* pcm, size_t samples, bool concealed) {
  const size_t step = spectrum_.blockSamples();
  for (size_t at = 0; at + step <= samples; at += step) {
    spectrum_.add(pcm == nullptr ? nullptr : pcm + at);
    ++now_;
    block(concealed);
  }
}

void ToneDetector::block(bool concealed) {
  unsure_ = concealed ? kUnsureBlocks : std::max(0, unsure_ - 1);
  const bool unsure = unsure_ > 0;
  const auto seen = candidate();
  const bool goesOn = seen && digit_ == seen->key;
  if (seen) follow(*seen, unsure);
  else if (!unsure) hits_ = 0;
  last_ = seen;
  if (!digit_) return;
  if (goesOn) {
    misses_ = unknown_ = 0;
    // The window may have left the tone by half.
    span_.end = now_ - 1;
  } else if (unsure && unknown_ < kMaxUnknown) {
    ++unknown_;
  } else if (++misses_ >= kMissesToEnd) {
    end();
  }
}

/** The loudest of each group, if they are loud enough and have enough of the power to be a digit that goes on. */
std::optional<ToneDetector::Candidate> ToneDetector::candidate() const {
  const float power = spectrum_.power();
  if (power < kMinAmplitude * kMinAmplitude / 2) return std::nullopt;
  size_t low = 0;
  size_t high = 0;
  for (size_t i = 1; i < 4; ++i) {
    if (std::norm(spectrum_.tone(i)) > std::norm(spectrum_.tone(low))) low = i;
    if (std::norm(spectrum_.tone(4 + i)) > std::norm(spectrum_.tone(4 + high))) high = i;
  }
  Candidate found{4 * low + high, spectrum_.pair(low, high), now_};
  const float share = (std::norm(found.pair.low) + std::norm(found.pair.high)) / (2 * power);
  if (share < kMinShareOn) return std::nullopt;
  return found;
}

/** Counts the windows in a row that are a digit by every measure. */
void ToneDetector::follow(const Candidate& seen, bool unsure) {
  if (runKey_ != seen.key) hits_ = 0;
  runKey_ = seen.key;
  if (!last_ || last_->key != seen.key) return;
  const size_t low = seen.key / 4;
  const size_t high = 4 + seen.key % 4;
  const std::complex<float> lowTurn = seen.pair.low * std::conj(last_->pair.low * spectrum_.turn(low));
  const std::complex<float> highTurn = seen.pair.high * std::conj(last_->pair.high * spectrum_.turn(high));
  const float lowOff = offOf(lowTurn);
  const float highOff = offOf(highTurn);
  const float lowPower = std::norm(seen.pair.low) / seenShare(lowOff) / 2;
  const float highPower = std::norm(seen.pair.high) / seenShare(highOff) / 2;
  const bool hit = std::fabs(lowOff) < kMaxStepOff * hzOfLow(seen.key) && std::fabs(highOff) < kMaxStepOff * hzOfHigh(seen.key) &&
                   std::min(lowPower, highPower) >= kMinAmplitude * kMinAmplitude / 2 && highPower < kMaxTwist * lowPower &&
                   highPower > kMinTwist * lowPower && lowPower + highPower >= kMinShare * spectrum_.power();
  if (!hit) {
    if (!unsure) hits_ = 0;
    return;
  }
  if (hits_++ == 0) {
    runBegan_ = last_->block - ToneSpectrum::kWindowBlocks;
    lowTurn_ = highTurn_ = 0;
  }
  lowTurn_ += lowTurn;
  highTurn_ += highTurn;
  if (hits_ < kHitsToBegin || digit_ == seen.key) return;
  if (std::fabs(offOf(lowTurn_)) > kMaxOff * hzOfLow(seen.key) || std::fabs(offOf(highTurn_)) > kMaxOff * hzOfHigh(seen.key)) return;
  begin(seen.key);
}

void ToneDetector::begin(size_t key) {
  if (digit_) end();
  digit_ = key;
  span_ = {runBegan_, now_};
  misses_ = unknown_ = 0;
}

void ToneDetector::end() {
  const size_t key = *digit_;
  digit_.reset();
  before_ = span_;
  if (waitingCount_ == kMaxWaiting) return;
  const uint64_t blocks = span_.end - span_.begin;
  waiting_[(waitingFirst_ + waitingCount_++) % kMaxWaiting] = {
      kKeyPad[key], static_cast<uint32_t>(std::min<uint64_t>(blocks, UINT32_MAX / kBlockMs)) * kBlockMs, DigitSource::Inband};
}

std::optional<Digit> ToneDetector::next() {
  if (waitingCount_ == 0) return std::nullopt;
  const Digit digit = waiting_[waitingFirst_];
  waitingFirst_ = (waitingFirst_ + 1) % kMaxWaiting;
  --waitingCount_;
  return digit;
}

bool ToneDetector::inDigit(size_t blocksAgo) const {
  if (blocksAgo >= now_) return false;
  const uint64_t block = now_ - 1 - blocksAgo;
  if (digit_ && block >= span_.begin) return true;
  return block >= before_.begin && block < before_.end;
}

}  // namespace interconnect
