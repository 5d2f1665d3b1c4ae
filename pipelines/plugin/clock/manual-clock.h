#pragma once
#include "clock/clock.h"

namespace interconnect {

/** Time that stands still until it is moved. Its wall clock runs at the same pace from a fixed date. */
class ManualClock final : public Clock {
 public:
  Nanos now() const override { return now_; }
  Nanos wall() const override { return 1'750'000'000'000'000'000 + now_; }
  Nanos threadCpu() const override { return 0; }
  /** Moves to `time`; never back. */
  void moveTo(Nanos time) {
    if (time > now_) now_ = time;
  }

 private:
  // Not zero: a time of zero must not be able to pass for "never".
  Nanos now_ = 1'000'000'000;
};

}  // namespace interconnect
