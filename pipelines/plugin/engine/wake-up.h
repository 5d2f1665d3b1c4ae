#pragma once
#include <optional>

#include "clock/nanos.h"

namespace interconnect {

/** Sleeps until a point in time or until another descriptor becomes readable: epoll and a timerfd. */
class WakeUp {
 public:
  /** `descriptor` is an eventfd of the caller's. */
  explicit WakeUp(int descriptor);
  ~WakeUp();
  WakeUp(const WakeUp&) = delete;
  WakeUp& operator=(const WakeUp&) = delete;

  bool usable() const { return epoll_ >= 0 && timer_ >= 0; }
  /** @param until on CLOCK_MONOTONIC; nothing sleeps until the descriptor speaks */
  void sleep(std::optional<Nanos> until);

 private:
  void arm(Nanos until);
  const int epoll_;
  const int timer_;
  Nanos armedFor_ = 0;
};

}  // namespace interconnect
