#pragma once
#include <cstdint>

#include "clock/nanos.h"

namespace interconnect {

/** Sum and number of delays: two of them taken apart tell the mean of the time between. */
struct DelaySum {
  Nanos sum = 0;
  uint64_t count = 0;
  void add(Nanos delay) {
    sum += delay;
    count++;
  }
};

}  // namespace interconnect
