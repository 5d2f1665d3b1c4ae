#include "dtmf/telephone-event.h"

#include <string_view>

#include "rtp/bytes.h"

namespace interconnect {
namespace {

constexpr std::string_view kDigits = "0123456789*#ABCD";

}  // namespace

std::optional<TelephoneEvent> parseTelephoneEvent(Span payload) {
  if (payload.size < kTelephoneEventBytes || payload.data[0] >= kDigits.size()) return std::nullopt;
  TelephoneEvent event;
  event.event = payload.data[0];
  event.end = (payload.data[1] & 0x80) != 0;
  event.volume = payload.data[1] & 0x3f;
  event.duration = read16(payload.data + 2);
  return event;
}

std::array<uint8_t, kTelephoneEventBytes> writeTelephoneEvent(const TelephoneEvent& event) {
  std::array<uint8_t, kTelephoneEventBytes> payload{};
  payload[0] = event.event;
  payload[1] = static_cast<uint8_t>((event.end ? 0x80 : 0) | (event.volume & 0x3f));
  write16(payload.data() + 2, event.duration);
  return payload;
}

char digitOfEvent(uint8_t event) { return event < kDigits.size() ? kDigits[event] : '?'; }

std::optional<uint8_t> eventOfDigit(char digit) {
  const size_t event = kDigits.find(digit);
  if (event == std::string_view::npos) return std::nullopt;
  return static_cast<uint8_t>(event);
}

}  // namespace interconnect
