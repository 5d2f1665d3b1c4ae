// Digits between legs that hear each other undecoded.
#include "dtmf/digit-receiver.h"
#include "tests/relay-bridge.h"

using namespace interconnect;
using namespace interconnect::rig;

namespace {

const std::string kDigitsBothWays =
    std::string(R"(,"receiveTelephoneEvent":)") + kTelephoneEvent + R"(,"sendTelephoneEvent":)" + kTelephoneEvent;

/** A digit as a phone sends it: 100 ms, its packets 20 ms apart in the place of audio. */
void pressKey(Rig& rig, Phone& phone, uint8_t event) {
  phone.sending = false;
  const uint32_t start = phone.timestamp;
  for (int i = 1; i <= 7; i++) {
    const auto duration = static_cast<uint16_t>(std::min(i, 5) * 160);
    const auto payload = writeTelephoneEvent({event, i >= 5, 10, duration});
    deliver(rig, phone, {i == 1, 101, phone.sequence++, start, phone.ssrc, {payload.data(), payload.size()}});
    if (i < 5) rig.runFor(20 * kMillisecond);
  }
  phone.timestamp = start + 5 * 160;
  phone.sending = true;
  rig.runFor(200 * kMillisecond);
}

}  // namespace

TEST("digits are sent on as they are, and told once") {
  Rig rig;
  bridge(rig, kDigitsBothWays);
  CHECK(rig.ask("leg.update", R"({"leg":"leg1","sendTelephoneEvent":{"payloadType":97,"clockRate":8000}})").has("result"));
  rig.runFor(kSecond);
  pressKey(rig, *rig.phones[0], 5);
  const auto digits = rig.events("leg.digit");
  if (!CHECK_EQUAL(digits.size(), size_t{1})) return;
  CHECK_EQUAL(digits[0].string("params.digit"), std::string("5"));
  CHECK_EQUAL(digits[0].number("params.durationMs"), 100.0);
  CHECK_EQUAL(digits[0].string("params.leg"), std::string("leg0"));
  DigitReceiver receiver(8000);
  size_t events = 0;
  for (size_t i = 0; i < rig.phones[1]->heard.size(); i++) {
    const RtpPacket& packet = rig.phones[1]->heard[i];
    if (i > 0) CHECK_EQUAL(packet.sequence, static_cast<uint16_t>(rig.phones[1]->heard[i - 1].sequence + 1));
    if (packet.payloadType != 97) continue;
    events++;
    receiver.receive(packet, rig.phones[1]->heardAt[i]);
  }
  CHECK_EQUAL(events, size_t{7});
  const auto digit = receiver.next();
  CHECK(digit && digit->digit == '5' && digit->durationMs == 100);
  CHECK(!receiver.next());
}

TEST("digits that the other side cannot take are told, counted, and leave no hole in its stream") {
  Rig rig;
  bridge(rig);
  CHECK(rig.ask("leg.update", std::string(R"({"leg":"leg0","receiveTelephoneEvent":)") + kTelephoneEvent + "}").has("result"));
  rig.runFor(kSecond);
  pressKey(rig, *rig.phones[0], 11);
  CHECK_EQUAL(rig.events("leg.digit").size(), size_t{1});
  CHECK_EQUAL(rig.stats(1).number("result.sent.notRelayed"), 7.0);
  CHECK(continuous(rig.phones[1]->heard));
}

TEST("a digit of ours goes out in the place of what is relayed, and the stream goes on after it") {
  Rig rig;
  bridge(rig, kDigitsBothWays);
  rig.runFor(kSecond);
  Phone& listener = *rig.phones[1];
  listener.forget();
  CHECK(rig.ask("leg.send-digits", R"({"leg":"leg1","digits":"7","digitMs":340})").has("result"));
  rig.runFor(2 * kSecond);
  DigitReceiver receiver(8000);
  size_t audio = 0;
  for (size_t i = 0; i < listener.heard.size(); i++) {
    const RtpPacket& packet = listener.heard[i];
    if (i > 0) CHECK_EQUAL(packet.sequence, static_cast<uint16_t>(listener.heard[i - 1].sequence + 1));
    if (packet.payloadType == 101) receiver.receive(packet, listener.heardAt[i]);
    else audio++;
  }
  const auto digit = receiver.next();
  CHECK(digit && digit->digit == '7' && digit->durationMs == 340);
  CHECK(audio >= 70 && audio <= 84);
  CHECK_EQUAL(rig.events("leg.digits-sent").size(), size_t{1});
  CHECK_NEAR(ahead(listener), 0, 25);
}

int main() { return check::run(); }
