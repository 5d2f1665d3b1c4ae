#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "clock/nanos.h"

namespace interconnect {

/**
 * How early packets were there before their turn, over the last ten seconds. Slack is the time between a packet's
 * arrival and the tick that takes it, negative when it came too late.
 */
class SlackWindow {
 public:
  void add(Nanos slack, Nanos now);
  /** A packet was played after so long a wait, queues behind the buffer included. */
  void played(Nanos hold, Nanos now);
  /** The playout was moved: every slack from now on, and so every one seen, is greater by `by`. */
  void shift(Nanos by) { offset_ += by; }
  void clear();

  size_t count() const;
  /** Nothing less than this was seen, save for the 0.5 % that may be lost. Nothing when empty. */
  std::optional<Nanos> low() const;
  std::optional<Nanos> high() const;
  std::optional<Nanos> mean() const;
  /** Mean wait of the packets played in the last full second (in the running one at the start of a stream). */
  std::optional<Nanos> recentHold() const;
  /** Seconds of history, up to kSeconds. */
  size_t seconds() const { return filled_; }

  static constexpr size_t kSeconds = 10;

 private:
  static constexpr size_t kLowest = 5;

  struct Second {
    std::array<Nanos, kLowest> lowest{};
    size_t kept = 0;
    size_t count = 0;
    Nanos highest = 0;
    Nanos sum = 0;
    size_t played = 0;
    Nanos held = 0;
  };

  void rotate(Nanos now);
  const Second& running() const { return seconds_[current_]; }
  const Second& before() const { return seconds_[(current_ + kSeconds) % (kSeconds + 1)]; }

  /** The running second and kSeconds full ones. */
  std::array<Second, kSeconds + 1> seconds_{};
  size_t current_ = 0;
  size_t filled_ = 0;
  Nanos secondBegan_ = 0;
  bool started_ = false;
  Nanos offset_ = 0;
};

}  // namespace interconnect
