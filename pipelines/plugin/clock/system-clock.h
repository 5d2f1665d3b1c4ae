#pragma once
#include "clock/clock.h"

namespace interconnect {

/** The machine's clocks. */
class SystemClock final : public Clock {
 public:
  Nanos now() const override;
  Nanos wall() const override;
  Nanos threadCpu() const override;
};

}  // namespace interconnect
