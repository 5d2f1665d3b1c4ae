#include "net/readiness.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <array>

namespace interconnect {

Readiness::Readiness() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {}

Readiness::~Readiness() {
  if (epoll_ >= 0) ::close(epoll_);
}

bool Readiness::add(int descriptor, ReadableListener& listener) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = &listener;
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) != 0) return false;
  watched_++;
  return true;
}

void Readiness::remove(int descriptor) {
  epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, nullptr);
  watched_--;
}

void Readiness::tell() {
  // Where nothing is relayed this costs no system call.
  if (watched_ == 0) return;
  std::array<epoll_event, 64> events;
  int count = 0;
  do {
    count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 0);
    for (int i = 0; i < count; i++) static_cast<ReadableListener*>(events[static_cast<size_t>(i)].data.ptr)->readable();
  } while (count == static_cast<int>(events.size()));
}

}  // namespace interconnect
