#include <gst/gst.h>

#include "tests/wide-phone.h"

using namespace interconnect;
using namespace interconnect::rig;

namespace {

/** 20 ms of L16 at 48 kHz do not fit into a datagram: 16 kHz stands for "wide" where somebody talks. */
void converse(Rig& rig, std::initializer_list<WidePhone*> phones, Nanos duration) {
  for (Nanos passed = 0; passed < duration; passed += 20 * kMillisecond) {
    for (WidePhone* phone : phones) phone->say();
    rig.runFor(20 * kMillisecond);
  }
}

double rateOf(Rig& rig) { return rig.ask("dump", "{}").number("result.sessions.0.sampleRate"); }

/** The largest departure from a steady sine: what is left of it behind a notch. A click of amplitude a leaves about a. */
double roughness(const std::vector<int16_t>& pcm, uint32_t rate, double hz) {
  const double turn = 2 * std::cos(2 * M_PI * hz / rate);
  double worst = 0;
  for (size_t i = rate / 2 + 2; i < pcm.size(); i++) worst = std::max(worst, std::fabs(pcm[i] - turn * pcm[i - 1] + pcm[i - 2]));
  return worst;
}

}  // namespace

TEST("a session mixes at the lowest rate at which somebody hears all of what somebody else says") {
  Rig rig;
  rig.call(session("room"), 440);
  rig.call(session("room"), 500);
  rig.runFor(kSecond);
  CHECK_EQUAL(rateOf(rig), 8000.0);
  WidePhone wide(rig, session("room"), 16000, 600);
  converse(rig, {&wide}, kSecond);
  // Nobody but itself could hear more.
  CHECK_EQUAL(rateOf(rig), 8000.0);
  {
    WidePhone full(rig, session("room"), 48000, 700);
    converse(rig, {&wide}, kSecond);
    CHECK_EQUAL(rateOf(rig), 16000.0);
    WidePhone other(rig, session("room"), 48000, 800);
    converse(rig, {&wide}, kSecond);
    CHECK_EQUAL(rateOf(rig), 48000.0);
    rig.ask("leg.update", R"({"leg":")" + other.name() + R"(","direction":"sendonly"})");
    converse(rig, {&wide}, 40 * kMillisecond);
    // `full` speaks still and `other` hears it.
    CHECK_EQUAL(rateOf(rig), 48000.0);
    rig.ask("leg.update", R"({"leg":")" + full.name() + R"(","direction":"sendonly"})");
    converse(rig, {&wide}, 40 * kMillisecond);
    CHECK_EQUAL(rateOf(rig), 16000.0);
    rig.ask("leg.close", R"({"leg":")" + other.name() + "\"}");
    rig.ask("leg.close", R"({"leg":")" + full.name() + "\"}");
  }
  converse(rig, {&wide}, 40 * kMillisecond);
  CHECK_EQUAL(rateOf(rig), 8000.0);
}

TEST("legs of 8 and 16 kHz hear each other and never themselves, and above 4 kHz only those who can") {
  Rig rig;
  Phone& narrow = rig.call(session("room"), 440);
  WidePhone low(rig, session("room"), 16000, 900);
  WidePhone high(rig, session("room"), 16000, 6000);
  converse(rig, {&low, &high}, 3 * kSecond);
  CHECK_EQUAL(rateOf(rig), 16000.0);
  CHECK_NEAR(amplitude(narrow.pcm, 900, kSettled), kToneAmplitude, kToneAmplitude * 0.05);
  CHECK(amplitude(narrow.pcm, 440, kSettled) < kNothing);
  // 6 kHz folded down would be 2 kHz.
  CHECK(amplitude(narrow.pcm, 2000, kSettled) < kNothing);
  CHECK_NEAR(loud(low.heard(), 16000, 440), kToneAmplitude, kToneAmplitude * 0.05);
  CHECK_NEAR(loud(low.heard(), 16000, 6000), kToneAmplitude, kToneAmplitude * 0.02);
  CHECK(loud(low.heard(), 16000, 900) < kNothing);
  // 440 Hz raised badly would sound at 8000 − 440 Hz too.
  CHECK(loud(low.heard(), 16000, 7560) < kNothing);
  CHECK_NEAR(loud(high.heard(), 16000, 900), kToneAmplitude, kToneAmplitude * 0.02);
  CHECK(loud(high.heard(), 16000, 6000) < kNothing);
}

TEST("a wide leg alone with a narrow one costs no wide mix, and both hear each other") {
  Rig rig;
  Phone& narrow = rig.call(session("room"), 440);
  WidePhone wide(rig, session("room"), 16000, 900);
  converse(rig, {&wide}, 3 * kSecond);
  CHECK_EQUAL(rateOf(rig), 8000.0);
  CHECK_NEAR(amplitude(narrow.pcm, 900, kSettled), kToneAmplitude, kToneAmplitude * 0.05);
  CHECK_NEAR(loud(wide.heard(), 16000, 440), kToneAmplitude, kToneAmplitude * 0.05);
  CHECK(loud(wide.heard(), 16000, 900) < kNothing);
}

TEST("an echo is as wide as the leg") {
  Rig rig;
  WidePhone wide(rig, kEcho, 16000, 6500);
  converse(rig, {&wide}, 3 * kSecond);
  CHECK_NEAR(loud(wide.heard(), 16000, 6500), kToneAmplitude, kToneAmplitude * 0.02);
  const Json stats = rig.ask("leg.stats", R"({"leg":"leg0"})");
  CHECK_NEAR(stats.number("result.received.frequencyHz"), 6500, 1);
  CHECK_NEAR(stats.number("result.received.levelDbov"), -12, 0.2);
  CHECK_NEAR(stats.number("result.sent.levelDbov"), -12, 0.2);
}

TEST("members of any rate come and go and those who stay hear no click") {
  Rig rig;
  WidePhone talker(rig, session("room"), 8000, 300);
  WidePhone narrow(rig, session("room"), 8000, 0);
  WidePhone wide(rig, session("room"), 16000, 0);
  std::vector<double> rates;
  for (int i = 0; i < 8; i++) {
    converse(rig, {&talker, &narrow, &wide}, 700 * kMillisecond);
    rates.push_back(rateOf(rig));
    if (i % 2 == 0) {
      const std::string more = R"(,"send":)" + l16(16000) + R"(,"receive":[)" + l16(16000) + "]";
      const std::string open = Rig::openParams(9, session("room"));
      CHECK(rig.ask("leg.open", open.substr(0, open.find(R"(,"receive")")) + R"(,"hears":)" + session("room") + more + "}").has("result"));
    } else {
      CHECK(rig.ask("leg.close", R"({"leg":"leg9"})").has("result"));
    }
  }
  CHECK_EQUAL(rates[0], 8000.0);
  CHECK_EQUAL(rates[1], 16000.0);
  CHECK_EQUAL(rates[2], 8000.0);
  // Half of the time it comes 4 ms later: the two halves do not add up in full.
  CHECK(loud(narrow.heard(), 8000, 300) > kToneAmplitude * 0.7);
  // Shifted at once by the new delay of 4 ms, 300 Hz would jump by up to twice its amplitude: 23000.
  CHECK(roughness(narrow.heard(), 8000, 300) < 500);
  CHECK(roughness(wide.heard(), 16000, 300) < 500);
}

TEST("time stamps and packets go on evenly while the rate changes") {
  Rig rig;
  Phone& phone = rig.call(session("room"), 440);
  WidePhone wide(rig, session("room"), 16000, 500);
  for (int i = 0; i < 6; i++) {
    converse(rig, {&wide}, 300 * kMillisecond);
    if (i % 2 == 0) CHECK(rig.ask("leg.open", Rig::openParams(9, session("room"))).has("result"));
    if (i % 2 == 0) rig.ask("leg.update", R"({"leg":"leg9","send":)" + l16(16000) + R"(,"receive":[)" + l16(16000) + "]}");
    else rig.ask("leg.close", R"({"leg":"leg9"})");
  }
  for (size_t i = 2; i < phone.heard.size(); i++) {
    CHECK_EQUAL(phone.heard[i].timestamp - phone.heard[i - 1].timestamp, 160u);
    CHECK(!phone.heard[i].marker);
  }
}

TEST("a far end that goes over to a codec of another rate is heard on, by the same legs") {
  Rig rig;
  Phone& listener = rig.call(session("room"), 0);
  Phone& changer = rig.call(session("room"), 440);
  CHECK(rig.ask("leg.update", std::string(R"({"leg":"leg1","receive":[)") + kPcmu + "," + l16(16000) + "]}").has("result"));
  rig.runFor(2 * kSecond);
  CHECK(amplitude(listener.pcm, 440, kSettled) > 10000);
  changer.sending = false;
  listener.forget();
  Tone tone(16000, 700, -12);
  for (int i = 0; i < 150; i++) {
    std::vector<int16_t> pcm(320);
    tone.generate(pcm.data(), pcm.size());
    std::vector<uint8_t> datagram(kRtpHeaderBytes + 640);
    writeRtpHeader(datagram.data(), {false, 96, changer.sequence++, static_cast<uint32_t>(77000 + i * 320), changer.ssrc, {}});
    for (size_t k = 0; k < pcm.size(); k++) {
      datagram[kRtpHeaderBytes + 2 * k] = static_cast<uint8_t>(pcm[k] >> 8);
      datagram[kRtpHeaderBytes + 2 * k + 1] = static_cast<uint8_t>(pcm[k]);
    }
    rig.network.deliver(changer.self, changer.box, {datagram.data(), datagram.size()});
    rig.runFor(20 * kMillisecond);
  }
  CHECK_NEAR(amplitude(listener.pcm, 700, kSettled), kToneAmplitude, kToneAmplitude * 0.05);
}

int main(int count, char** values) {
  gst_init(&count, &values);
  return check::run();
}
