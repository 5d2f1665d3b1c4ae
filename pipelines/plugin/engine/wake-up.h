#pragma once
#include <sys/epoll.h>

#include <array>
#include <initializer_list>
#include <optional>

#include "clock/nanos.h"

namespace interconnect {

/** Sleeps until a point in time or until one of some descriptors becomes readable: epoll and a timerfd. */
class WakeUp {
 public:
  /**
   * All are the caller's.
   *
   * @param once whose speaking wakes once: the caller reads them empty then
   * @param untilRead wakes as long as there is something to read
   */
  WakeUp(std::initializer_list<int> once, int untilRead);
  ~WakeUp();
  WakeUp(const WakeUp&) = delete;
  WakeUp& operator=(const WakeUp&) = delete;

  bool usable() const { return epoll_ >= 0 && timer_ >= 0; }
  /** @param until on CLOCK_MONOTONIC; nothing sleeps until a descriptor speaks */
  void sleep(std::optional<Nanos> until);
  /** Whether that descriptor has become readable before or during the last sleep: only then is it worth a system call. */
  bool spoke(int descriptor) const;

 private:
  void arm(Nanos until);
  const int epoll_;
  const int timer_;
  Nanos armedFor_ = 0;
  /** One for each descriptor and the timer. */
  static constexpr size_t kMost = 4;
  std::array<epoll_event, kMost> events_;
  size_t count_ = 0;
};

}  // namespace interconnect
