#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "rtp/span.h"

namespace interconnect {

constexpr size_t kTelephoneEventBytes = 4;

/** RFC 4733 §2.3, DTMF events only (§3.2: 0–15). */
struct TelephoneEvent {
  uint8_t event = 0;
  bool end = false;
  /** Power level in −dBm0, 0–63. */
  uint8_t volume = 10;
  /** In units of the RTP clock. */
  uint16_t duration = 0;
};

/** Nothing when too short or not a DTMF event; bytes behind the first event are the caller's. */
std::optional<TelephoneEvent> parseTelephoneEvent(Span payload);

std::array<uint8_t, kTelephoneEventBytes> writeTelephoneEvent(const TelephoneEvent& event);

/** '0'–'9', '*', '#', 'A'–'D' for 0–15. */
char digitOfEvent(uint8_t event);

/** Nothing for other characters. */
std::optional<uint8_t> eventOfDigit(char digit);

}  // namespace interconnect
