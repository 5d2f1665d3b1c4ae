// What codecs do beside coding: conceal, cut packets, send noise.
#include <gst/gst.h>

#include "tests/engine-rig.h"

using namespace interconnect;
using namespace interconnect::rig;

namespace {

const std::string kOpus =
    R"({"name":"opus","payloadType":111,"clockRate":48000,"sampleRate":48000,)"
    R"("implementation":{"codec":"opus","complexity":5,"bitrate":48000}})";
const std::string kG722 =
    R"({"name":"G722","payloadType":9,"clockRate":8000,"sampleRate":16000,"implementation":"g722"})";
const std::string kG729 =
    R"({"name":"G729","payloadType":18,"clockRate":8000,"sampleRate":8000,"implementation":"g729"})";
const std::string kComfortNoise =
    R"({"name":"CN","payloadType":13,"clockRate":8000,"sampleRate":8000,"implementation":"comfort-noise"})";

std::string codecs(int leg, const std::string& codec, const std::string& more = "") {
  return R"({"leg":"leg)" + std::to_string(leg) + R"(","send":)" + codec + R"(,"receive":[)" + codec + "]" + more + "}";
}

void comfortNoise(Rig& rig, Phone& phone, uint8_t level) {
  std::vector<uint8_t> datagram(kRtpHeaderBytes + 1);
  writeRtpHeader(datagram.data(), {false, 13, phone.sequence++, phone.timestamp, phone.ssrc, {}});
  datagram[kRtpHeaderBytes] = level;
  rig.network.deliver(phone.self, phone.box, {datagram.data(), datagram.size()});
}

double levelDbov(const std::vector<int16_t>& pcm, size_t from) {
  double power = 0;
  for (size_t i = from; i < pcm.size(); i++) power += double{1} * pcm[i] * pcm[i];
  return 10 * std::log10(std::max(power, 1e-3) / static_cast<double>(pcm.size() - from) / 32768 / 32768);
}

/** Level of the quietest 10 ms after the first second. */
double quietest(const std::vector<int16_t>& pcm) {
  double least = 0;
  for (size_t at = kSettled; at + 80 <= pcm.size(); at += 80) {
    least = std::min(least, levelDbov(std::vector<int16_t>(&pcm[at], &pcm[at] + 80), 0));
  }
  return least;
}

/** Leg 1 sends in that codec; its packets are sent back to the box as those of another far end, of leg 2, some left out. */
double quietestWithLoss(const std::string& codec, int payloadType) {
  Rig rig;
  rig.call(session("talk"), 440);
  Phone& speaks = rig.call(session("talk"), 0);
  Phone& lossy = rig.call(session("heard"), 0);
  Phone& listener = rig.call(session("heard"), 0);
  CHECK(rig.ask("leg.update", codecs(1, codec)).has("result"));
  CHECK(rig.ask("leg.update", codecs(2, codec)).has("result"));
  lossy.sending = false;
  size_t done = 0;
  uint16_t count = 0;
  const auto run = [&](Nanos duration, bool lost) {
    for (const Nanos end = rig.clock.now() + duration; rig.clock.now() < end;) {
      rig.runFor(10 * kMillisecond);
      for (; done < speaks.heard.size(); done++) {
        const RtpPacket& packet = speaks.heard[done];
        if (packet.payloadType != payloadType) continue;
        // Every tenth packet is lost.
        if (lost && count++ % 10 == 9) continue;
        std::vector<uint8_t> datagram(kRtpHeaderBytes + packet.payload.size);
        writeRtpHeader(datagram.data(), {packet.marker, packet.payloadType, packet.sequence, packet.timestamp, 77, {}});
        std::copy_n(packet.payload.data, packet.payload.size, datagram.begin() + kRtpHeaderBytes);
        rig.network.deliver(lossy.self, lossy.box, {datagram.data(), datagram.size()});
      }
    }
  };
  run(kSecond, false);
  listener.forget();
  run(3 * kSecond, true);
  CHECK(rig.stats(2).number("result.received.concealedMs") >= 200);
  CHECK_EQUAL(rig.events("leg.failed").size(), size_t{0});
  return quietest(listener.pcm);
}

}  // namespace

TEST("where every tenth packet is lost nobody hears a gap, with Opus, G.729 and G.722") {
  // The tone has -12 dBov, a gap without concealment -90 and less. The predictors of Opus and G.729 lose a steady tone for
  // a while (Opus 70 ms), whoever fills the gap.
  CHECK(quietestWithLoss(kOpus, 111) > -40);
  CHECK(quietestWithLoss(kG729, 18) > -45);
  CHECK(quietestWithLoss(kG722, 9) > -25);
}

TEST("G.722 goes out in packets of any time, with time stamps that add up") {
  for (const unsigned packetMs : {10u, 20u, 30u, 40u, 60u}) {
    Rig rig;
    rig.call(session("room"), 440);
    Phone& wide = rig.call(session("room"), 0);
    CHECK(rig.ask("leg.update", codecs(1, kG722, R"(,"packetMs":)" + std::to_string(packetMs))).has("result"));
    rig.runFor(kSecond);
    wide.forget();
    rig.runFor(3 * kSecond);
    CHECK_NEAR(static_cast<double>(wide.heard.size()), 3000.0 / packetMs, 2);
    for (size_t i = 1; i < wide.heard.size(); i++) {
      CHECK_EQUAL(wide.heard[i].payload.size, size_t{packetMs} * 8);
      CHECK_EQUAL(wide.heard[i].timestamp - wide.heard[i - 1].timestamp, packetMs * 8);
      CHECK_EQUAL(static_cast<uint16_t>(wide.heard[i].sequence - wide.heard[i - 1].sequence), uint16_t{1});
    }
  }
}

TEST("comfort noise is heard at its level until somebody speaks, and is nothing that got lost") {
  Rig rig;
  Phone& listener = rig.call(session("room"), 0);
  Phone& quiet = rig.call(session("room"), 440);
  CHECK(rig.ask("leg.update", std::string(R"({"leg":"leg1","receive":[)") + kPcmu + "," + kComfortNoise + "]}").has("result"));
  rig.runFor(2 * kSecond);
  quiet.sending = false;
  const double concealed = rig.stats(1).number("result.received.concealedMs");
  comfortNoise(rig, quiet, 40);
  rig.runFor(100 * kMillisecond);
  listener.forget();
  rig.runFor(3 * kSecond);
  CHECK_NEAR(levelDbov(listener.pcm, 0), -40, 0.5);
  CHECK(amplitude(listener.pcm, 440) < kNothing);
  CHECK_NEAR(rig.stats(1).number("result.received.concealedMs"), concealed, 0.1);

  quiet.timestamp += 8 * 3100;
  comfortNoise(rig, quiet, 55);
  rig.runFor(100 * kMillisecond);
  listener.forget();
  rig.runFor(2 * kSecond);
  CHECK_NEAR(levelDbov(listener.pcm, 0), -55, 0.7);

  quiet.timestamp += 8 * 2100;
  quiet.sending = true;
  listener.forget();
  rig.runFor(3 * kSecond);
  CHECK_NEAR(amplitude(listener.pcm, 440, kSettled), kToneAmplitude, kToneAmplitude * 0.05);
}

TEST("comfort noise ends with a hold, and cannot be sent") {
  Rig rig;
  Phone& listener = rig.call(session("room"), 0);
  Phone& quiet = rig.call(session("room"), 440);
  CHECK(rig.ask("leg.update", std::string(R"({"leg":"leg1","receive":[)") + kPcmu + "," + kComfortNoise + "]}").has("result"));
  rig.runFor(kSecond);
  quiet.sending = false;
  comfortNoise(rig, quiet, 30);
  rig.runFor(kSecond);
  rig.ask("leg.update", R"({"leg":"leg1","direction":"sendonly"})");
  rig.runFor(100 * kMillisecond);
  listener.forget();
  rig.runFor(kSecond);
  CHECK(std::all_of(listener.pcm.begin(), listener.pcm.end(), [](int16_t s) { return s == 0; }));
  CHECK_EQUAL(rig.ask("leg.update", R"({"leg":"leg1","send":)" + kComfortNoise + "}").string("error.code"), std::string("media.codec-failed"));
}

TEST("digits are taken at each clock rate that was agreed, once each") {
  Rig rig;
  Phone& phone = rig.call(session("room"), 0);
  CHECK(rig.ask("leg.update", R"({"leg":"leg0","receive":[)" + std::string(kPcmu) + "," + kOpus +
                                  R"(],"receiveTelephoneEvent":[{"payloadType":101,"clockRate":8000},{"payloadType":110,"clockRate":48000}]})")
            .has("result"));
  rig.runFor(100 * kMillisecond);
  const auto press = [&](uint8_t payloadType, uint8_t digit, uint32_t unitsPerMs) {
    for (int i = 1; i <= 8; i++) {
      const auto duration = static_cast<uint16_t>(20 * std::min(i, 5) * static_cast<int>(unitsPerMs));
      std::vector<uint8_t> datagram(kRtpHeaderBytes + 4);
      writeRtpHeader(datagram.data(), {i == 1, payloadType, phone.sequence++, phone.timestamp, phone.ssrc, {}});
      datagram[12] = digit;
      datagram[13] = i >= 6 ? 0x8a : 0x0a;
      datagram[14] = static_cast<uint8_t>(duration >> 8);
      datagram[15] = static_cast<uint8_t>(duration);
      rig.network.deliver(phone.self, phone.box, {datagram.data(), datagram.size()});
      rig.runFor(20 * kMillisecond);
    }
  };
  phone.sending = false;
  press(101, 5, 8);
  phone.timestamp += 40'000;
  press(110, 7, 48);
  rig.runFor(200 * kMillisecond);
  const auto digits = rig.events("leg.digit");
  if (!CHECK_EQUAL(digits.size(), size_t{2})) return;
  CHECK_EQUAL(digits[0].string("params.digit"), std::string("5"));
  CHECK_NEAR(digits[0].number("params.durationMs"), 100, 1);
  CHECK_EQUAL(digits[1].string("params.digit"), std::string("7"));
  CHECK_NEAR(digits[1].number("params.durationMs"), 100, 1);
  CHECK_EQUAL(rig.ask("leg.update", R"({"leg":"leg0","receiveTelephoneEvent":[1]})").string("error.code"), std::string("media.bad-request"));
}

int main(int count, char** values) {
  gst_init(&count, &values);
  return check::run();
}
