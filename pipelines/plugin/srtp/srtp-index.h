#pragma once
#include <cstdint>

#include "srtp/replay-window.h"

namespace interconnect {

/** 48 bits: roll-over counter, sequence number (RFC 3711 §3.3.1). A key must not go beyond. */
constexpr uint64_t kMaxRtpIndex = (uint64_t{1} << 48) - 1;
/** 31 bits (§3.4). */
constexpr uint32_t kMaxRtcpIndex = 0x7fffffff;

/** The index nearest to the highest one that has this sequence number (RFC 3711 appendix A); the counter begins at zero. */
inline uint64_t estimateIndex(const ReplayWindow& seen, uint16_t sequence) {
  if (!seen.begun()) return sequence;
  const uint64_t rollOver = seen.highest() >> 16;
  const auto last = static_cast<uint16_t>(seen.highest());
  const int distance = int{sequence} - int{last};
  uint64_t estimate = rollOver;
  if (last < 0x8000) {
    // Before the first roll-over there was no other.
    if (distance > 0x8000 && rollOver > 0) estimate--;
  } else if (distance < -0x8000) {
    estimate++;
  }
  return (estimate << 16) | sequence;
}

}  // namespace interconnect
