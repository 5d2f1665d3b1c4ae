#pragma once

#include <cstdint>

namespace interconnect {

/** A point on the monotonic clock or a length of time, in nanoseconds. */
using Nanos = int64_t;

constexpr Nanos kMicrosecond = 1'000;
constexpr Nanos kMillisecond = 1'000'000;
constexpr Nanos kSecond = 1'000'000'000;

/** Length of `units` ticks of an RTP clock. */
constexpr Nanos unitsToNanos(int64_t units, uint32_t clockRate) {
  return units * kSecond / static_cast<int64_t>(clockRate);
}

/** Ticks of an RTP clock in `time`, rounded to the nearest. */
constexpr int64_t nanosToUnits(Nanos time, uint32_t clockRate) {
  const int64_t scaled = time * static_cast<int64_t>(clockRate);
  return (scaled >= 0 ? scaled + kSecond / 2 : scaled - kSecond / 2) / kSecond;
}

}  // namespace interconnect
