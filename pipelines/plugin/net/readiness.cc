#include "net/readiness.h"

#include <unistd.h>

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

void Readiness::remove(int descriptor, const ReadableListener& listener) {
  epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, nullptr);
  watched_--;
  // One that listens to several descriptors is told of the others the next time.
  for (size_t i = 0; i < count_; i++) {
    if (events_[i].data.ptr == &listener) events_[i].data.ptr = nullptr;
  }
}

void Readiness::tell() {
  // Where nothing is relayed this costs no system call.
  for (size_t round = 0; watched_ > 0 && round < kMaxRounds; round++) {
    const int got = epoll_wait(epoll_, events_.data(), static_cast<int>(events_.size()), 0);
    count_ = got > 0 ? static_cast<size_t>(got) : 0;
    const bool all = count_ < events_.size();
    for (size_t i = 0; i < count_; i++) {
      auto* listener = static_cast<ReadableListener*>(events_[i].data.ptr);
      if (listener != nullptr) listener->readable();
    }
    count_ = 0;
    if (all) return;
  }
}

}  // namespace interconnect
