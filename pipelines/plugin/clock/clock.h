#pragma once
#include "clock/nanos.h"

namespace interconnect {

/** The only source of time: handed in, so that hours run in seconds offline and a test decides when a tick is late. */
class Clock {
 public:
  virtual ~Clock() = default;
  /** Monotonic time, ns. */
  virtual Nanos now() const = 0;
  /** Unix time, ns: for RTCP's NTP stamps and for the kernel's receive stamps. */
  virtual Nanos wall() const = 0;
  /** CPU time that the calling thread has used, ns. */
  virtual Nanos threadCpu() const = 0;
};

}  // namespace interconnect
