#pragma once
#include <sys/epoll.h>

#include <array>
#include <cstddef>

#include "net/network.h"

namespace interconnect {

/** Watches descriptors on behalf of listeners: an epoll of its own, whose descriptor a loop can sleep on. */
class Readiness {
 public:
  Readiness();
  ~Readiness();
  Readiness(const Readiness&) = delete;
  Readiness& operator=(const Readiness&) = delete;

  int descriptor() const { return epoll_; }
  /** False when the kernel has no room for it. */
  bool add(int descriptor, ReadableListener& listener);
  /** It is not told any more, even if it is its turn now: it may be destroyed. */
  void remove(int descriptor, const ReadableListener& listener);
  /** Tells everybody whose descriptor is readable now, once; very many at a time, and the others the next time. */
  void tell();

 private:
  static constexpr size_t kMaxRounds = 32;

  const int epoll_;
  size_t watched_ = 0;
  // Whose turn it is.
  std::array<epoll_event, 64> events_;
  size_t count_ = 0;
};

}  // namespace interconnect
