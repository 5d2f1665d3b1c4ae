#include "tests/engine-rig.h"

using namespace interconnect;
using namespace interconnect::rig;

TEST("three legs of a session each hear the two others and never themselves") {
  Rig rig;
  const double tones[] = {400, 600, 900};
  for (const double hz : tones) rig.call(session("room"), hz);
  rig.runFor(3 * kSecond);
  for (size_t listener = 0; listener < 3; listener++) {
    const auto& pcm = rig.phones[listener]->pcm;
    CHECK(pcm.size() >= 23000);
    for (size_t talker = 0; talker < 3; talker++) {
      const double level = amplitude(pcm, tones[talker], kSettled);
      if (talker == listener) CHECK(level < kNothing);
      else CHECK_NEAR(level, kToneAmplitude, kToneAmplitude * 0.05);
    }
  }
}

TEST("the sum of loud legs is limited and does not wrap") {
  Rig rig;
  rig.call(session("room"), 0);
  for (int i = 0; i < 6; i++) rig.call(session("room"), 500);
  for (const auto& phone : rig.phones) phone->phase = 0;
  rig.runFor(2 * kSecond);
  int jumps = 0;
  const auto& pcm = rig.phones[0]->pcm;
  for (size_t i = kSettled + 1; i < pcm.size(); i++) jumps += std::abs(pcm[i] - pcm[i - 1]) > 40000 ? 1 : 0;
  CHECK_EQUAL(jumps, 0);
  CHECK(amplitude(pcm, 500, kSettled) > 30000);
}

TEST("two sessions do not hear each other") {
  Rig rig;
  rig.call(session("a"), 400);
  rig.call(session("a"), 500);
  rig.call(session("b"), 700);
  rig.call(session("b"), 800);
  rig.runFor(2 * kSecond);
  CHECK(amplitude(rig.phones[0]->pcm, 500, kSettled) > 10000);
  CHECK(amplitude(rig.phones[0]->pcm, 700, kSettled) < kNothing);
  CHECK(amplitude(rig.phones[0]->pcm, 800, kSettled) < kNothing);
  CHECK(amplitude(rig.phones[3]->pcm, 700, kSettled) > 10000);
  CHECK(amplitude(rig.phones[3]->pcm, 400, kSettled) < kNothing);
}

TEST("an echo leg hears what it said") {
  Rig rig;
  rig.call(kEcho, 440);
  rig.runFor(2 * kSecond);
  CHECK_NEAR(amplitude(rig.phones[0]->pcm, 440, kSettled), kToneAmplitude, kToneAmplitude * 0.02);
  const Json stats = rig.stats(0);
  CHECK_NEAR(stats.number("result.received.frequencyHz"), 440, 0.5);
  CHECK_NEAR(stats.number("result.received.levelDbov"), -12, 0.2);
  CHECK_NEAR(stats.number("result.sent.levelDbov"), -12, 0.2);
}

TEST("a tone leg hears its tone at the level asked for") {
  Rig rig;
  Phone& phone = rig.call(R"({"kind":"tone","frequencyHz":1004,"levelDbov":-20})", 0);
  phone.sending = false;
  rig.runFor(2 * kSecond);
  CHECK_NEAR(20 * std::log10(amplitude(phone.pcm, 1004, kSettled) / std::sqrt(2) / 32768), -20, 0.3);
}

TEST("a leg that hears silence is sent silence in every packet") {
  Rig rig;
  Phone& phone = rig.call(kSilence, 440);
  rig.runFor(kSecond);
  CHECK(phone.heard.size() >= 49 && phone.heard.size() <= 51);
  for (const int16_t sample : phone.pcm) CHECK(sample == 0);
}

TEST("a leg that goes from its own echo into a session is heard there") {
  Rig rig;
  rig.call(session("room"), 400);
  rig.call(kEcho, 700);
  rig.runFor(kSecond);
  CHECK(amplitude(rig.phones[0]->pcm, 700) < kNothing);
  CHECK(rig.ask("leg.update", R"({"leg":"leg1","hears":{"kind":"session","session":"room"}})").has("result"));
  rig.phones[0]->forget();
  rig.phones[1]->forget();
  rig.runFor(2 * kSecond);
  CHECK(amplitude(rig.phones[0]->pcm, 700, kSettled) > 10000);
  CHECK(amplitude(rig.phones[1]->pcm, 400, kSettled) > 10000);
  CHECK(amplitude(rig.phones[1]->pcm, 700, kSettled) < kNothing);
}

TEST("moving a leg to and fro between sessions a hundred times neither speeds its stream up nor slows it down") {
  Rig rig;
  rig.call(session("a"), 400);
  rig.call(session("b"), 500);
  rig.call(session("a"), 600);
  Phone& mover = *rig.phones[2];
  for (int i = 0; i < 100; i++) {
    rig.ask("leg.update", std::string(R"({"leg":"leg2","hears":)") + session(i % 2 == 0 ? "b" : "a") + "}");
    rig.runFor(50 * kMillisecond);
  }
  const uint32_t span = mover.heard.back().timestamp - mover.heard.front().timestamp;
  CHECK_NEAR(span / 8.0, 5000, 45);
  CHECK_NEAR(static_cast<double>(mover.heard.size()), 250, 6);
}

TEST("a leg that only sends is not heard, one that only receives is sent nothing, an inactive one is neither") {
  Rig rig;
  rig.call(session("room"), 400);
  Phone& other = rig.call(session("room"), 700);
  const auto listen = [&](const char* direction) {
    rig.ask("leg.update", std::string(R"({"leg":"leg1","direction":")") + direction + "\"}");
    rig.runFor(kSecond);
    rig.phones[0]->forget();
    other.forget();
    rig.runFor(kSecond);
  };
  listen("sendonly");
  CHECK(amplitude(rig.phones[0]->pcm, 700) < kNothing);
  CHECK(amplitude(other.pcm, 400) > 10000);
  listen("recvonly");
  CHECK(amplitude(rig.phones[0]->pcm, 700) > 10000);
  CHECK_EQUAL(other.heard.size(), size_t{0});
  listen("inactive");
  CHECK(amplitude(rig.phones[0]->pcm, 700) < kNothing);
  CHECK_EQUAL(other.heard.size(), size_t{0});
  // Still alive as far as RTP goes: the call's limit on silence must not strike a leg on hold.
  CHECK(rig.stats(1).number("result.received.sinceLastMs") < 25);
  listen("sendrecv");
  CHECK(amplitude(rig.phones[0]->pcm, 700) > 10000);
  CHECK(amplitude(other.pcm, 400) > 10000);
}

TEST("time stamps go on by elapsed time while nothing is sent, and sending begins with a marker") {
  Rig rig;
  Phone& phone = rig.call(kEcho, 400);
  rig.runFor(kSecond);
  rig.ask("leg.update", R"({"leg":"leg0","direction":"recvonly"})");
  const RtpPacket last = phone.heard.back();
  const Nanos lastAt = phone.heardAt.back();
  rig.runFor(1700 * kMillisecond);
  rig.ask("leg.update", R"({"leg":"leg0","direction":"sendrecv"})");
  phone.forget();
  rig.runFor(kSecond);
  const RtpPacket first = phone.heard.front();
  CHECK(first.marker);
  CHECK_EQUAL(first.sequence, static_cast<uint16_t>(last.sequence + 1));
  CHECK_NEAR((first.timestamp - last.timestamp) / 8.0, static_cast<double>(phone.heardAt.front() - lastAt) / kMillisecond, 1);
  CHECK(!phone.heard[1].marker);
  CHECK_EQUAL(first.ssrc, last.ssrc);
}

int main() { return check::run(); }
