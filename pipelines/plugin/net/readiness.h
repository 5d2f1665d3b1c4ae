#pragma once
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
  void remove(int descriptor);
  /** Tells everybody whose descriptor is readable now, once. */
  void tell();

 private:
  const int epoll_;
  size_t watched_ = 0;
};

}  // namespace interconnect
