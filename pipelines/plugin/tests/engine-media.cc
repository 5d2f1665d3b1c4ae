#include <random>

#include "dtmf/digit-receiver.h"
#include "tests/engine-rig.h"

using namespace interconnect;
using namespace interconnect::rig;

namespace {

const std::string kDigitsBothWays =
    std::string(R"(,"receiveTelephoneEvent":)") + kTelephoneEvent + R"(,"sendTelephoneEvent":)" + kTelephoneEvent;

/** Lets a phone send one digit as RFC 4733 packets, the end three times; `lostEnds` of those do not arrive. */
void sendDigit(Rig& rig, Phone& phone, uint8_t event, unsigned ms, int lostEnds) {
  phone.sending = false;
  const uint32_t start = phone.timestamp;
  const auto packet = [&](uint16_t duration, bool end, bool marker) {
    const auto payload = writeTelephoneEvent({event, end, 10, duration});
    std::vector<uint8_t> datagram(kRtpHeaderBytes + payload.size());
    writeRtpHeader(datagram.data(), {marker, 101, phone.sequence++, start, phone.ssrc, {}});
    std::copy(payload.begin(), payload.end(), datagram.begin() + kRtpHeaderBytes);
    rig.network.deliver(phone.self, phone.box, {datagram.data(), datagram.size()});
  };
  for (unsigned t = 20; t < ms; t += 20) {
    packet(static_cast<uint16_t>(t * 8), false, t == 20);
    rig.runFor(20 * kMillisecond);
  }
  for (int i = 0; i < 3 - lostEnds; i++) packet(static_cast<uint16_t>(ms * 8), true, false);
  phone.sequence = static_cast<uint16_t>(phone.sequence + lostEnds);
  phone.timestamp = start + ms * 8;
  rig.runFor(120 * kMillisecond);
  phone.timestamp += 120 * 8;
  phone.sending = true;
}

}  // namespace

TEST("a tenth of the packets lost is concealed: the tone goes on, and the losses are counted") {
  Rig rig;
  Phone& phone = rig.call(kEcho, 440);
  std::mt19937 random(3);
  std::vector<bool> lost(4000);
  for (size_t i = 200; i < lost.size(); i++) lost[i] = random() % 10 == 0;
  phone.lost = [&](uint16_t n) { return lost[n]; };
  rig.runFor(20 * kSecond);
  size_t gone = 0;
  for (size_t i = 0; i < phone.sequence; i++) gone += lost[i] ? 1 : 0;

  // 20 ms windows whose energy has dropped out: concealment leaves next to none.
  size_t holes = 0;
  for (size_t at = 5 * 8000; at + 160 <= phone.pcm.size(); at += 160) {
    double energy = 0;
    for (size_t i = 0; i < 160; i++) energy += phone.pcm[at + i] * static_cast<double>(phone.pcm[at + i]);
    holes += std::sqrt(energy / 160) < 3000 ? 1 : 0;
  }
  CHECK(gone > 60);
  CHECK(static_cast<double>(holes) < 0.1 * static_cast<double>(gone));
  const Json stats = rig.stats(0);
  CHECK_NEAR(stats.number("result.received.lost"), static_cast<double>(gone), 2);
  CHECK_NEAR(stats.number("result.received.concealedMs"), 20.0 * static_cast<double>(gone), 120);
  CHECK_NEAR(stats.number("result.received.frequencyHz"), 440, 15);
}

TEST("packets of 10 to 60 ms come in and go out") {
  for (const unsigned in : {10u, 20u, 30u, 40u, 60u}) {
    for (const unsigned out : {10u, 20u, 30u, 40u, 60u}) {
      Rig rig;
      Phone& phone = rig.call(kEcho, 440, ",\"packetMs\":" + std::to_string(out));
      phone.packetMs = in;
      rig.runFor(6 * kSecond);
      CHECK_NEAR(static_cast<double>(phone.heard.size()), 6000.0 / out, 3);
      bool even = true;
      for (size_t i = 1; i < phone.heard.size(); i++) {
        even = even && phone.heard[i].payload.size == out * 8 &&
               phone.heard[i].timestamp - phone.heard[i - 1].timestamp == out * 8 &&
               phone.heard[i].sequence == static_cast<uint16_t>(phone.heard[i - 1].sequence + 1);
      }
      CHECK(even);
      CHECK_NEAR(amplitude(phone.pcm, 440, 2 * kSettled), kToneAmplitude, kToneAmplitude * 0.03);
      CHECK(rig.stats(0).number("result.received.concealedMs") <= 60);
    }
  }
}

TEST("a clean stream of 20 ms packets is held 15 ms at most over all phases, and none more than 23 ms for 95 of 100") {
  double medians = 0;
  for (int phase = 0; phase < 20; phase++) {
    Rig rig;
    Phone& phone = rig.call(kEcho, 440);
    phone.phase = phase * kMillisecond;
    rig.runFor(5 * kSecond);
    const Json stats = rig.stats(0);
    CHECK(stats.number("result.delayAddedMs.p95") <= 23);
    CHECK(stats.number("result.buffer.delayMs") <= 23);
    medians += stats.number("result.delayAddedMs.p50") / 20;
  }
  CHECK(medians <= 15);
}

TEST("each digit that comes in is told once, also when its end packets are lost") {
  Rig rig;
  Phone& phone = rig.call(session("room"), 440, kDigitsBothWays);
  rig.runFor(kSecond);
  sendDigit(rig, phone, 5, 100, 0);
  rig.runFor(200 * kMillisecond);
  sendDigit(rig, phone, 11, 160, 3);
  rig.runFor(500 * kMillisecond);
  const auto digits = rig.events("leg.digit");
  if (!CHECK_EQUAL(digits.size(), size_t{2})) return;
  CHECK_EQUAL(digits[0].string("params.digit"), std::string("5"));
  CHECK_EQUAL(digits[0].number("params.durationMs"), 100.0);
  CHECK_EQUAL(digits[0].string("params.leg"), std::string("leg0"));
  CHECK_EQUAL(digits[0].string("params.source"), std::string("rfc4733"));
  CHECK_EQUAL(digits[1].string("params.digit"), std::string("#"));
  CHECK_EQUAL(rig.stats(0).number("result.digits.received"), 2.0);
  CHECK_EQUAL(rig.stats(0).number("result.received.discarded"), 0.0);
}

TEST("digits go out as events in the place of audio, in order, and their end is told") {
  Rig rig;
  Phone& phone = rig.call(R"({"kind":"tone","frequencyHz":440,"levelDbov":-12})", 0, kDigitsBothWays);
  rig.runFor(kSecond);
  phone.forget();
  const Json queued = rig.ask("leg.send-digits", R"({"leg":"leg0","digits":"1p2#","digitMs":80,"gapMs":60})");
  CHECK_NEAR(queued.number("result.queuedMs"), 80 + 60 + 500 + 80 + 60 + 80, 100);
  rig.runFor(2 * kSecond);

  DigitReceiver receiver(8000);
  std::string heard;
  bool audioDuringDigit = false;
  uint32_t lastTimestamp = 0;
  for (size_t i = 0; i < phone.heard.size(); i++) {
    const RtpPacket& packet = phone.heard[i];
    if (i > 0) CHECK_EQUAL(packet.sequence, static_cast<uint16_t>(phone.heard[i - 1].sequence + 1));
    if (packet.payloadType == 101) {
      receiver.receive(packet, phone.heardAt[i]);
      const auto event = parseTelephoneEvent(packet.payload);
      audioDuringDigit = audioDuringDigit || (i > 0 && !event->end && !packet.marker && phone.heard[i - 1].payloadType == 0);
    } else {
      CHECK_EQUAL(packet.timestamp % 160, phone.heard[0].timestamp % 160);
      if (lastTimestamp != 0) CHECK(packet.timestamp - lastTimestamp >= 160);
      lastTimestamp = packet.timestamp;
    }
    while (const auto digit = receiver.next()) heard += digit->digit;
  }
  CHECK_EQUAL(heard, std::string("12#"));
  CHECK(!audioDuringDigit);
  CHECK_EQUAL(rig.events("leg.digits-sent").size(), size_t{1});
  CHECK_EQUAL(rig.stats(0).number("result.digits.sent"), 3.0);
  // Time stamps went on as time did.
  CHECK_NEAR((lastTimestamp - phone.heard[0].timestamp) / 8.0, 1980, 41);
}

TEST("the other direction goes on while a digit is sent") {
  Rig rig;
  rig.call(session("room"), 400, kDigitsBothWays);
  rig.call(session("room"), 700);
  rig.runFor(kSecond);
  rig.phones[1]->forget();
  rig.ask("leg.send-digits", R"({"leg":"leg0","digits":"0","digitMs":900})");
  rig.runFor(kSecond);
  CHECK_NEAR(amplitude(rig.phones[1]->pcm, 400), kToneAmplitude, kToneAmplitude * 0.05);
}

TEST("A-law legs and µ-law legs understand each other") {
  Rig rig;
  rig.call(session("room"), 400);
  Phone& other = rig.call(session("room"), 0, "");
  rig.ask("leg.update", std::string(R"({"leg":"leg1","send":)") + kPcma + ",\"receive\":[" + kPcma + "]}");
  other.sending = false;
  rig.runFor(2 * kSecond);
  std::vector<int16_t> pcm;
  for (const RtpPacket& packet : other.heard) {
    if (packet.payloadType != 8) continue;
    pcm.resize(pcm.size() + packet.payload.size);
    alawDecode(packet.payload.data, pcm.data() + pcm.size() - packet.payload.size, packet.payload.size);
  }
  CHECK_NEAR(amplitude(pcm, 400, kSettled), kToneAmplitude, kToneAmplitude * 0.05);
}

TEST("a codec that was not negotiated is discarded, and one that comes later is decoded") {
  Rig rig;
  Phone& phone = rig.call(kEcho, 400);
  phone.payloadType = 8;
  rig.runFor(kSecond);
  CHECK_NEAR(rig.stats(0).number("result.received.discarded"), 50, 1);
  CHECK_EQUAL(rig.stats(0).number("result.received.packets"), 0.0);
  CHECK_EQUAL(rig.events("leg.rtp-started").size(), size_t{0});
  CHECK(rig.stats(0).isNull("result.received.from"));
  phone.payloadType = 0;
  rig.runFor(kSecond);
  CHECK(rig.stats(0).number("result.received.packets") >= 49);
  CHECK_EQUAL(rig.events("leg.rtp-started").size(), size_t{1});
}

namespace {

/** The datagram of `packet` with contributing sources, a header extension and padding (RFC 3550 §5.1, §5.3.1). */
std::vector<uint8_t> dressed(const std::vector<uint8_t>& plain, uint8_t sources, uint16_t extensionWords, uint8_t padding) {
  std::vector<uint8_t> bytes(plain.begin(), plain.begin() + 12);
  bytes[0] = static_cast<uint8_t>(0x80 | (padding > 0 ? 0x20 : 0) | (extensionWords > 0 ? 0x10 : 0) | sources);
  bytes.insert(bytes.end(), size_t{4} * sources, 0xc5);
  if (extensionWords > 0) {
    bytes.insert(bytes.end(), {0xbe, 0xde, 0, static_cast<uint8_t>(extensionWords)});
    bytes.insert(bytes.end(), size_t{4} * extensionWords, 0x10);
  }
  bytes.insert(bytes.end(), plain.begin() + 12, plain.end());
  if (padding > 0) {
    bytes.insert(bytes.end(), padding - 1, 0xff);
    bytes.push_back(padding);
  }
  return bytes;
}

}  // namespace

TEST("contributing sources, header extensions and padding are no audio") {
  Rig rig;
  Phone& phone = rig.call(kEcho, 440);
  phone.sending = false;
  for (int i = 0; i < 200; ++i) {
    const auto plain = phone.nextPacket();
    const auto bytes = dressed(plain, static_cast<uint8_t>(i % 16), static_cast<uint16_t>(i % 5), static_cast<uint8_t>(i % 3 * 4));
    rig.network.deliver(phone.self, phone.box, {bytes.data(), bytes.size()});
    rig.runFor(20 * kMillisecond);
  }
  CHECK_EQUAL(rig.stats(0).number("result.received.discarded"), 0.0);
  CHECK_EQUAL(rig.stats(0).number("result.received.packets"), 200.0);
  CHECK_EQUAL(rig.stats(0).number("result.received.bytes"), 200.0 * 160);
  CHECK(amplitude(phone.pcm, 440, kSettled) > 11000);
}

int main() { return check::run(); }
