#pragma once
#include <array>
#include <memory>
#include <optional>

#include "audio/rate-converter.h"
#include "player/audio-source.h"
#include "player/player-spec.h"

namespace interconnect {

enum class PlayerEndReason {
  /** To its end, as often as asked for. */
  Finished,
  Stopped,
  /** maxMs. */
  Limit,
  Failed,
  /** The leg or session that it played into is gone. */
  Closed,
};
const char* nameOf(PlayerEndReason reason);

/**
 * One announcement or tone: when it begins, how loud it is at each sample, when it is over. It goes on a tick at a time, at
 * a rate of its own, in which it may be heard at several others.
 */
class Player {
 public:
  Player(const PlayerSpec& spec, uint32_t rate, std::unique_ptr<AudioSource> source);

  enum class Phase { Preparing, Playing, Draining, Ended };

  /** @param mayStart media flows where it is to be heard; without that it begins after waitMs */
  void tick(bool mayStart);
  /** A tick in which nothing can be heard: it does not go on, but it may be stopped. */
  void pause();
  /** Ends in a ramp. */
  void stop(unsigned fadeOutMs);

  /** What this tick sounds like, at another rate. */
  void write(const Frame& frame, size_t samples);
  /** The same tick at a rate that will be asked for from now on. */
  void writeAgain(const Frame& frame, size_t samples);

  Phase phase() const { return phase_; }
  /** 0–1: what it leaves of that which is heard anyway. */
  float under() const { return phase_ == Phase::Playing && !stopping_ ? under_ : 1; }
  uint32_t rate() const { return rate_; }
  const std::string& id() const { return id_; }
  PlayerEndReason endReason() const { return endReason_; }
  /** With reason Failed. */
  const SourceFailure& failure() const { return failure_; }
  double playedMs() const { return static_cast<double>(position_) * 1000 / rate_; }

 private:
  static constexpr size_t kNever = SIZE_MAX;

  void prepare(bool mayStart);
  void play();
  void shape(size_t n);
  float gainAt(size_t position) const;
  void end(PlayerEndReason reason);
  void fail(const SourceFailure& failure);
  size_t samplesOf(unsigned ms) const { return size_t{rate_} * ms / 1000; }
  size_t tickSamples() const { return rate_ / 50; }

  const std::string id_;
  const uint32_t rate_;
  const std::unique_ptr<AudioSource> source_;
  const float level_;
  const float under_;
  const size_t fadeIn_;
  const unsigned waitTicks_;
  /** Length of the ramp before the source's own end, and before the end that is in sight. */
  const size_t fadeAtEnd_;
  size_t fadeOut_;
  /** Where it ends, in samples from its beginning, and why. */
  size_t endsAt_;
  PlayerEndReason endReason_ = PlayerEndReason::Limit;
  bool stopping_ = false;

  Phase phase_ = Phase::Preparing;
  unsigned waited_ = 0;
  /** Ticks in which the source had nothing. */
  unsigned starved_ = 0;
  size_t position_ = 0;
  std::array<int16_t, Resampler::kMaxInput> pcm_{};
  RateConverter converter_;
  SourceFailure failure_{nullptr, ""};
};

}  // namespace interconnect
