#pragma once

#include <cstdint>

namespace interconnect {

/** How a digit came in by a leg. */
enum class DigitSource { Rfc4733, Inband };

inline const char* nameOf(DigitSource source) { return source == DigitSource::Inband ? "inband" : "rfc4733"; }

struct Digit {
  char digit = 0;
  uint32_t durationMs = 0;
  DigitSource source = DigitSource::Rfc4733;
};

}  // namespace interconnect
