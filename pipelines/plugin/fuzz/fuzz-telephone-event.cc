#include <algorithm>

#include "dtmf/digit-receiver.h"
#include "dtmf/telephone-event.h"
#include "fuzz/invariant.h"

using namespace interconnect;

namespace {

constexpr size_t kStep = 10;

}  // namespace

/** Ten bytes a packet: milliseconds since the one before, number and time stamp against it, marker, payload. */
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (const auto event = parseTelephoneEvent({data, size})) {
    const auto written = writeTelephoneEvent(*event);
    INVARIANT(written[0] == data[0] && written[2] == data[2] && written[3] == data[3]);
    INVARIANT(eventOfDigit(digitOfEvent(event->event)) == event->event);
  }

  DigitReceiver receiver(8000);
  RtpPacket packet;
  Nanos now = 0;
  size_t packets = 0;
  size_t digits = 0;
  for (size_t at = 0; at + kStep <= size; at += kStep) {
    const uint8_t* step = data + at;
    now += step[0] * kMillisecond;
    packet.sequence = static_cast<uint16_t>(packet.sequence + static_cast<int8_t>(step[1]));
    packet.timestamp += static_cast<uint32_t>(static_cast<int16_t>((step[2] << 8) | step[3]) * (step[4] & 0x7f));
    packet.marker = (step[4] & 0x80) != 0;
    // Up to as many events as the rest holds.
    packet.payload = {step + 5, std::min<size_t>(step[9] % 24u, size - at - 5)};
    receiver.receive(packet, now);
    packets += 1 + packet.payload.size / kTelephoneEventBytes;
    receiver.tick(now);
    receiver.covers(packet.timestamp);
    if (step[9] == 0xff) receiver.restart();
    while (const auto digit = receiver.next()) {
      ++digits;
      INVARIANT(eventOfDigit(digit->digit).has_value());
    }
  }
  receiver.tick(now + kSecond);
  while (receiver.next()) ++digits;
  INVARIANT(digits <= packets);
  return 0;
}
