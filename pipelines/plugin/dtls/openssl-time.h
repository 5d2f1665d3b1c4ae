#pragma once
#include "clock/nanos.h"

namespace interconnect {

/**
 * While one lives, OpenSSL reads its DTLS timers, in this thread, by the engine's clock. By itself it asks gettimeofday:
 * the wall clock, which jumps on a box that has just heard of the right time, and which no test can move. The linker puts
 * our function in its place (--wrap in engine/meson.build).
 */
class OpensslTime {
 public:
  /** @param now later than 0, which OpenSSL takes for "no timer" */
  explicit OpensslTime(Nanos now);
  ~OpensslTime();
  OpensslTime(const OpensslTime&) = delete;
  OpensslTime& operator=(const OpensslTime&) = delete;
};

}  // namespace interconnect
