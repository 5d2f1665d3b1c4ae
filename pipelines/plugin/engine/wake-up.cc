#include "engine/wake-up.h"

#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>

namespace interconnect {
namespace {

/** Edge-triggered, a timer need not be read to fall silent, which saves a system call a wake. */
void watch(int epoll, int descriptor, uint32_t how) {
  epoll_event event{};
  event.events = EPOLLIN | how;
  event.data.fd = descriptor;
  epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

}  // namespace

WakeUp::WakeUp(std::initializer_list<int> once, int untilRead)
    : epoll_(epoll_create1(EPOLL_CLOEXEC)), timer_(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) {
  if (!usable()) return;
  for (const int descriptor : once) watch(epoll_, descriptor, EPOLLET);
  watch(epoll_, timer_, EPOLLET);
  watch(epoll_, untilRead, 0);
}

WakeUp::~WakeUp() {
  if (epoll_ >= 0) ::close(epoll_);
  if (timer_ >= 0) ::close(timer_);
}

void WakeUp::arm(Nanos until) {
  if (until == armedFor_) return;
  armedFor_ = until;
  itimerspec time{};
  time.it_value.tv_sec = until / kSecond;
  time.it_value.tv_nsec = until % kSecond;
  // A time of zero disarms, which is what it means here too.
  timerfd_settime(timer_, TFD_TIMER_ABSTIME, &time, nullptr);
}

void WakeUp::sleep(std::optional<Nanos> until) {
  arm(until.value_or(0));
  const int count = epoll_wait(epoll_, events_.data(), static_cast<int>(events_.size()), -1);
  count_ = count > 0 ? static_cast<size_t>(count) : 0;
}

bool WakeUp::spoke(int descriptor) const {
  return std::any_of(events_.begin(), events_.begin() + count_, [&](const epoll_event& e) { return e.data.fd == descriptor; });
}

}  // namespace interconnect
