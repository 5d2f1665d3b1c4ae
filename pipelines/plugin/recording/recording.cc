#include "recording/recording.h"

#include <algorithm>
#include <array>
#include <system_error>

#include "engine/failure.h"
#include "engine/mix.h"

namespace interconnect {

Recording::Recording(std::string root, RecordingTerms terms, Leg* leg, Nanos wall, RecordingListener& listener)
    : folder_(std::move(root), std::move(terms)),
      listener_(listener),
      leg_(leg),
      chosen_(folder_.terms().legs),
      keeper_([this, wall] { prepare(wall); }) {
  if (leg_ != nullptr) leg_->tap(*this);
}

Recording::~Recording() {
  release();
  if (keeper_.joinable()) keeper_.join();
}

/** Its leg may go. */
void Recording::release() {
  if (leg_ != nullptr) leg_->untap(*this);
  leg_ = nullptr;
}

void Recording::prepare(Nanos wall) {
  try {
    folder_.make(wall);
  } catch (const Failure& failure) {
    keepFailure({failure.code(), failure.what()});
  }
  kept_.store(true, std::memory_order_release);
}

void Recording::complete() {
  for (Track& track : tracks_) {
    track.join();
    if (track.failure()) keepFailure(*track.failure());
  }
  try {
    folder_.finish(reason_);
  } catch (const Failure& failure) {
    keepFailure({failure.code(), failure.what()});
  }
  kept_.store(true, std::memory_order_release);
}

void Recording::run(Nanos now) {
  const bool kept = kept_.load(std::memory_order_acquire);
  if (state_ == State::Preparing && kept) {
    if (keeper_.joinable()) keeper_.join();
    startedAt_ = now;
    if (failure_) {
      release();
      reason_ = "failed";
      state_ = State::Ended;
      return;
    }
    state_ = State::Recording;
    listener_.started(terms());
    if (!terms().individual) begin({std::string(terms().leg.empty() ? "mixed." : "call.") + nameOf(terms().format), "", 0, {}, 0, 0});
    if (stopEarly_) stop(reason_, now);
  }
  if (state_ == State::Recording) {
    bool failed = failure_.has_value();
    for (Track& track : tracks_) {
      if (!track.ended()) track.passed(now - startedAt_);
      failed = failed || track.failed();
    }
    if (failed) stop("failed", now);
  }
  if (state_ == State::Ending && kept_.load(std::memory_order_acquire)) {
    if (keeper_.joinable()) keeper_.join();
    if (failure_) reason_ = "failed";
    state_ = State::Ended;
  }
}

void Recording::stop(const char* reason, Nanos now) {
  release();
  if (state_ == State::Preparing) {
    stopEarly_ = true;
    reason_ = reason;
  }
  if (state_ != State::Recording) return;
  reason_ = reason;
  duration_ = now - startedAt_;
  for (Track& track : tracks_) {
    if (!track.ended()) track.end(duration_);
  }
  state_ = State::Ending;
  kept_.store(false, std::memory_order_relaxed);
  try {
    keeper_ = std::thread([this] { complete(); });
  } catch (const std::system_error&) {
    // A moment of waiting is better than a file that is never completed.
    complete();
  }
}

void Recording::finish(Nanos now) {
  while (state_ != State::Ended) {
    stop("reset", now);
    if (keeper_.joinable()) keeper_.join();
    run(now);
  }
}

void Recording::legClosed(const std::string& leg, Nanos now) {
  if (terms().leg == leg) stop("stopped", now);
  const auto found = byLeg_.find(leg);
  if (found == byLeg_.end()) return;
  if (state_ == State::Recording) found->second->end(now - startedAt_);
  byLeg_.erase(found);
}

void Recording::choose(ChosenLegs legs, Nanos now) {
  chosen_ = std::move(legs);
  for (auto track = byLeg_.begin(); track != byLeg_.end();) {
    if (chosen_.has(track->first)) {
      ++track;
      continue;
    }
    if (state_ == State::Recording) track->second->end(now - startedAt_);
    track = byLeg_.erase(track);
  }
}

Track* Recording::begin(RecordedFile file) {
  try {
    Track& track = tracks_.emplace_back(folder_, std::move(file));
    listener_.fileStarted(terms(), track.file());
    return &track;
  } catch (const std::system_error&) {
    keepFailure({"media.recording-failed", "the machine has no thread to spare for another file"});
    return nullptr;
  }
}

Track* Recording::trackOf(const std::string& leg, Nanos at) {
  const auto found = byLeg_.find(leg);
  if (found != byLeg_.end()) return found->second;
  if (refused_.count(leg) != 0) return nullptr;
  if (tracks_.size() >= kMaxFiles) {
    refused_.insert(leg);
    return nullptr;
  }
  const std::string number = std::to_string(tracks_.size() + 1);
  // "01.ogg" to "50.ogg"
  Track* track = begin({(number.size() < 2 ? "0" : "") + number + "." + nameOf(terms().format), leg, at, {}, 0, 0});
  if (track != nullptr) byLeg_[leg] = track;
  return track;
}

bool Recording::says(const Mix& mix, size_t leg, const uint8_t* audible) const {
  return audible[leg] != 0 && chosen_.has(mix.legs[leg]->id());
}

void Recording::hear(const Mix& mix, Nanos nominal, const uint8_t* audible, const MixedTick& tick, const MixedTick* next) {
  if (terms().leg.empty() ? terms().session != mix.session : leg_ == nullptr) return;
  const Nanos at = nominal - startedAt_;
  if (state_ != State::Recording || at < 0) return;
  if (leg_ != nullptr) return hearLeg(mix, at, audible, tick, next);
  if (!terms().individual) return hearMixed(mix, at, audible, tick, next);
  for (size_t i = 0; i < mix.legs.size(); i++) {
    if (!says(mix, i, audible)) continue;
    Track* track = trackOf(mix.legs[i]->id(), at);
    if (track == nullptr) continue;
    if (next == nullptr) track->push(at, tick.frame(i), tick.rate, tick.samples);
    else track->push(at, tick.frame(i), tick.rate, tick.samples, next->frame(i), next->rate);
  }
}

void Recording::hearLeg(const Mix& mix, Nanos at, const uint8_t* audible, const MixedTick& tick, const MixedTick* next) {
  const auto leg = std::find(mix.legs.begin(), mix.legs.end(), leg_);
  if (leg == mix.legs.end() || tracks_.empty()) return;
  legAt_ = at;
  const auto i = static_cast<size_t>(leg - mix.legs.begin());
  if (audible[i] == 0) return;
  Track& track = tracks_.front();
  if (next == nullptr) track.push(at, tick.frame(i), tick.rate, tick.samples);
  else track.push(at, tick.frame(i), tick.rate, tick.samples, next->frame(i), next->rate);
}

/** The second half of the tick that hearLeg() has had. */
void Recording::heard(const int16_t* pcm, uint32_t rate, size_t samples) {
  if (state_ == State::Recording && legAt_ >= 0 && !tracks_.empty()) tracks_.front().pushHeard(legAt_, pcm, rate, samples);
}

void Recording::hearMixed(const Mix& mix, Nanos at, const uint8_t* audible, const MixedTick& tick, const MixedTick* next) {
  // It could not be begun.
  if (tracks_.empty()) return;
  size_t speaker = 0;
  while (speaker < mix.legs.size() && !says(mix, speaker, audible)) speaker++;
  // Nobody says anything.
  if (speaker == mix.legs.size()) return;
  const auto limited = [&](const MixedTick& mixed, int16_t* out) {
    std::array<int32_t, TrackQueue::kMaxSamples> chosen{};
    for (size_t i = speaker; !chosen_.all() && i < mix.legs.size(); i++) {
      if (!says(mix, i, audible)) continue;
      for (size_t n = 0; n < mixed.samples; n++) chosen[n] += mixed.frame(i)[n];
    }
    const int32_t* sum = chosen_.all() ? mixed.sum : chosen.data();
    for (size_t n = 0; n < mixed.samples; n++) out[n] = static_cast<int16_t>(std::clamp(sum[n], -32768, 32767));
  };
  Track& track = tracks_.front();
  std::array<int16_t, TrackQueue::kMaxSamples> pcm;
  limited(tick, pcm.data());
  if (next == nullptr) return track.push(at, pcm.data(), tick.rate, tick.samples);
  std::array<int16_t, TrackQueue::kMaxSamples> changed;
  limited(*next, changed.data());
  track.push(at, pcm.data(), tick.rate, tick.samples, changed.data(), next->rate);
}

}  // namespace interconnect
