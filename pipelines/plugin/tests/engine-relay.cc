// Legs that hear a leg: what comes in on one goes out on the other undecoded, at once.
#include <algorithm>
#include <random>

#include "rtp/rtcp.h"
#include "tests/relay-bridge.h"

using namespace interconnect;
using namespace interconnect::rig;

TEST("each packet goes on the moment it comes, its payload untouched, in a stream of our own") {
  Rig rig;
  bridge(rig);
  rig.runFor(kSecond);
  for (const auto& phone : rig.phones) phone->forget();
  rig.runFor(2 * kSecond);
  for (size_t i = 0; i < 2; i++) {
    const Phone& listener = *rig.phones[i];
    const Phone& talker = *rig.phones[1 - i];
    CHECK_EQUAL(listener.heard.size(), size_t{100});
    CHECK(continuous(listener.heard));
    CHECK(listener.heard[0].ssrc != talker.ssrc);
    for (const Nanos at : listener.heardAt) CHECK_EQUAL(at % (20 * kMillisecond), talker.phase);
    CHECK_NEAR(amplitude(listener.pcm, talker.toneHz), kToneAmplitude, kToneAmplitude * 0.02);
    CHECK(amplitude(listener.pcm, listener.toneHz) < kNothing);
    const Json stats = rig.stats(i);
    CHECK_EQUAL(stats.number("result.delayAddedMs.max"), 0.0);
    CHECK_EQUAL(stats.number("result.sent.notRelayed"), 0.0);
    CHECK(stats.isNull("result.received.levelDbov"));
    CHECK(stats.isNull("result.buffer.targetMs"));
    CHECK_NEAR(stats.number("result.sent.packets"), 150, 3);
  }
}

TEST("losses stay losses, late packets stay late, and a duplicate is sent on once") {
  Rig rig;
  bridge(rig);
  rig.phones[0]->sending = rig.phones[1]->sending = false;
  Phone& talker = *rig.phones[0];
  const Phone& listener = *rig.phones[1];
  const uint8_t payload[160] = {};
  rig.phones[1]->forget();
  for (const uint16_t n : {10, 11, 13, 12, 12, 16, 17, 9}) {
    deliver(rig, talker, {n == 11, 0, n, 160u * n, talker.ssrc, {payload, sizeof payload}});
  }
  std::vector<int> numbers;
  for (const RtpPacket& packet : listener.heard) numbers.push_back(static_cast<int16_t>(packet.sequence - listener.heard[0].sequence));
  CHECK(numbers == (std::vector<int>{0, 1, 3, 2, 6, 7}));
  for (size_t i = 0; i < listener.heard.size(); i++) {
    CHECK_EQUAL(static_cast<int32_t>(listener.heard[i].timestamp - listener.heard[0].timestamp), numbers[i] * 160);
    CHECK_EQUAL(listener.heard[i].marker, i == 0 || i == 1);
  }
}

TEST("another source behind the leg goes on in the same stream, without a jump back") {
  Rig rig;
  bridge(rig);
  rig.runFor(2 * kSecond);
  Phone& talker = *rig.phones[0];
  Phone& listener = *rig.phones[1];
  talker.ssrc = 0x77;
  talker.sequence = 60000;
  talker.timestamp = 3;
  const size_t before = listener.heard.size();
  rig.runFor(2 * kSecond);
  CHECK(continuous(listener.heard));
  CHECK(listener.heard.size() - before >= 98);
  CHECK(listener.heard[before].marker);
  CHECK_NEAR(ahead(listener), 0, 25);
  // The same source with its clock set back.
  talker.timestamp -= 800'000;
  rig.runFor(kSecond);
  CHECK(continuous(listener.heard));
  CHECK_NEAR(ahead(listener), 0, 45);
}

TEST("payload types are those that each far end agreed, by codec name and clock") {
  Rig rig;
  rig.call(kSilence, 400);
  rig.call(kSilence, 700, "");
  rig.phones[1]->sending = false;
  const std::string other = R"({"name":"pcmu","payloadType":105,"clockRate":8000,"sampleRate":8000,"implementation":"relay"})";
  CHECK(rig.ask("leg.update", R"({"leg":"leg1","receive":[)" + other + R"(],"send":)" + other + R"(,"hears":)" + leg(0) + "}").has("result"));
  rig.phones[1]->forget();
  rig.runFor(kSecond);
  CHECK(rig.phones[1]->heard.size() >= 49);
  for (const RtpPacket& packet : rig.phones[1]->heard) CHECK_EQUAL(packet.payloadType, 105);
  // What the far end did not agree to receive is not sent on, and what we did not agree to is not even taken.
  CHECK(rig.ask("leg.update", std::string(R"({"leg":"leg0","receive":[)") + kPcmu + "," + kPcma + "]}").has("result"));
  rig.phones[1]->forget();
  rig.phones[0]->payloadType = 8;
  rig.runFor(kSecond);
  rig.phones[0]->payloadType = 9;
  rig.runFor(kSecond);
  CHECK_EQUAL(rig.phones[1]->heard.size(), size_t{0});
  CHECK_NEAR(rig.stats(1).number("result.sent.notRelayed"), 50, 1);
  CHECK_NEAR(rig.stats(0).number("result.received.discarded"), 50, 1);
}

TEST("hold and resume, mix and relay: one stream throughout") {
  Rig rig;
  bridge(rig);
  Phone& listener = *rig.phones[1];
  rig.runFor(kSecond);
  for (int round = 0; round < 5; round++) {
    for (const std::string& hears : {session("room"), leg(0), std::string(kSilence), leg(0)}) {
      CHECK(hear(rig, 1, hears).has("result"));
      if (hears == session("room")) CHECK(hear(rig, 0, hears).has("result"));
      rig.runFor(237 * kMillisecond);
    }
  }
  CHECK(hear(rig, 0, leg(1)).has("result"));
  rig.runFor(kSecond);
  CHECK(continuous(listener.heard));
  // Each change may add a tick or two so that nothing overlaps; it never takes one away.
  CHECK(ahead(listener) >= -25 && ahead(listener) <= 20 * 45);
  CHECK(amplitude(listener.pcm, 400, listener.pcm.size() - 6000) > kToneAmplitude * 0.95);
}

TEST("a side on hold is sent nothing, and hears no gap afterwards") {
  Rig rig;
  bridge(rig);
  rig.runFor(kSecond);
  Phone& listener = *rig.phones[1];
  const size_t before = listener.heard.size();
  CHECK(rig.ask("leg.update", R"({"leg":"leg1","direction":"recvonly"})").has("result"));
  rig.runFor(3 * kSecond);
  CHECK_EQUAL(listener.heard.size(), before);
  CHECK(rig.ask("leg.update", R"({"leg":"leg1","direction":"sendrecv"})").has("result"));
  rig.runFor(kSecond);
  CHECK(listener.heard.size() >= before + 49);
  CHECK(continuous(listener.heard));
  CHECK(listener.heard[before].marker);
  CHECK_NEAR(ahead(listener), 0, 25);
  // A far end that may not speak is not heard either.
  CHECK(rig.ask("leg.update", R"({"leg":"leg0","direction":"sendonly"})").has("result"));
  listener.forget();
  rig.runFor(kSecond);
  CHECK_EQUAL(listener.heard.size(), size_t{0});
}

TEST("a source whose clock runs fast for a minute leaves a stream that goes on when the mix takes over") {
  Rig rig;
  bridge(rig);
  Phone& talker = *rig.phones[0];
  Phone& listener = *rig.phones[1];
  talker.packetMs = 19;  // its packets say 19 ms each; the time stamps below say 20
  for (int i = 0; i < 60 * 50; i++) {
    rig.runFor(20 * kMillisecond);
    talker.timestamp += 9;
  }
  CHECK(ahead(listener) > 1000);
  CHECK(hear(rig, 1, session("room")).has("result"));
  rig.runFor(kSecond);
  CHECK(continuous(listener.heard));
}

TEST("either leg may close first; who is left hears silence, and may hear another") {
  for (const char* first : {"leg0", "leg1"}) {
    Rig rig;
    bridge(rig);
    rig.runFor(kSecond);
    CHECK(rig.ask("leg.close", std::string(R"({"leg":")") + first + "\"}").has("result.sent"));
    rig.runFor(kSecond);
    CHECK_EQUAL(rig.ask("dump", "{}").string("result.legs.0.hears.kind"), std::string("silence"));
    Phone& left = *rig.phones[first == std::string("leg0") ? 1 : 0];
    left.forget();
    rig.runFor(kSecond);
    CHECK_NEAR(static_cast<double>(left.heard.size()), 50, 1);
    CHECK(amplitude(left.pcm, 400) + amplitude(left.pcm, 700) < kNothing);
    Phone& next = rig.call(kSilence, 900);
    const std::string other = first == std::string("leg0") ? "leg1" : "leg0";
    CHECK(rig.ask("leg.update", R"({"leg":")" + other + R"(","hears":)" + leg(2) + "}").has("result"));
    left.forget();
    rig.runFor(kSecond);
    CHECK(amplitude(left.pcm, 900) > kToneAmplitude * 0.95);
    CHECK_EQUAL(rig.ask("dump", "{}").string("result.legs.0.hears.leg"), std::string("leg2"));
    CHECK(next.heard.size() >= 49);
    CHECK_EQUAL(rig.ask("reset", "{}").number("result.closed"), 2.0);
    CHECK_EQUAL(rig.network.openSockets(), size_t{0});
  }
}

TEST("a leg in a session can be heard by another leg too") {
  Rig rig;
  rig.call(session("room"), 400);
  rig.call(session("room"), 700);
  Phone& monitor = rig.call(leg(0), 0);
  monitor.sending = false;
  rig.runFor(2 * kSecond);
  CHECK(amplitude(monitor.pcm, 400, kSettled) > kToneAmplitude * 0.95);
  CHECK(amplitude(monitor.pcm, 700, kSettled) < kNothing);
  CHECK(amplitude(rig.phones[1]->pcm, 400, kSettled) > kToneAmplitude * 0.95);
}

TEST("what cannot be relayed is refused in words and changes nothing") {
  Rig rig;
  bridge(rig);
  const auto refused = [&](const std::string& params, const char* code, const char* says) {
    const Json answer = rig.ask("leg.update", params);
    CHECK_EQUAL(answer.string("error.code"), std::string(code));
    if (!CHECK(answer.string("error.message").find(says) != std::string::npos)) std::printf("  %s\n", answer.text().c_str());
  };
  const std::string g729 = R"({"name":"G729","payloadType":18,"clockRate":8000,"sampleRate":8000,"implementation":"relay"})";
  refused(std::string(R"({"leg":"leg0","send":)") + kPcma + R"(,"hears":)" + leg(1) + "}", "media.bad-request", "transcodes");
  refused(R"({"leg":"leg0","hears":)" + leg(0) + "}", "media.bad-request", "another leg");
  refused(R"({"leg":"leg0","hears":)" + leg(5) + "}", "media.leg-unknown", "leg5");
  for (const std::string& hears : {session("room"), std::string(kEcho), std::string(R"({"kind":"tone","frequencyHz":440,"levelDbov":-12})")}) {
    refused(R"({"leg":"leg0","send":)" + g729 + R"(,"hears":)" + hears + "}", "media.bad-request", "only relayed");
  }
  CHECK(rig.ask("leg.update", R"({"leg":"leg0","send":)" + g729 + R"(,"receive":[)" + g729 + R"(],"hears":)" + kSilence + "}").has("result"));
  refused(R"({"leg":"leg0","hears":)" + session("room") + "}", "media.bad-request", "only relayed");
  refused(R"({"leg":"leg0","hears":)" + leg(1) + "}", "media.bad-request", "no G729/8000");
  rig.phones[0]->forget();
  rig.runFor(kSecond);
  // A codec that cannot be encoded sends nothing as silence, and an opened leg without codecs waits for them.
  CHECK_EQUAL(rig.phones[0]->heard.size(), size_t{0});
  CHECK(rig.ask("leg.open", R"({"leg":"x","local":{"host":"192.0.2.1","rtpPort":11000,"rtcpPort":11001},"hears":)" + leg(0) + "}").has("result"));
}

TEST("a codec that is only relayed goes through a bridge") {
  Rig rig;
  bridge(rig);
  const std::string g729 = R"({"name":"G729","payloadType":18,"clockRate":8000,"sampleRate":8000,"implementation":"relay"})";
  for (const char* name : {"leg0", "leg1"}) {
    const std::string other = name == std::string("leg0") ? leg(1) : leg(0);
    CHECK(rig.ask("leg.update", std::string(R"({"leg":")") + name + R"(","hears":)" + kSilence + R"(,"receive":[)" + g729 + R"(],"send":)" + g729 + "}").has("result"));
  }
  CHECK(hear(rig, 0, leg(1)).has("result"));
  CHECK(hear(rig, 1, leg(0)).has("result"));
  rig.phones[0]->payloadType = rig.phones[1]->payloadType = 18;
  for (const auto& phone : rig.phones) phone->forget();
  rig.runFor(2 * kSecond);
  for (size_t i = 0; i < 2; i++) {
    CHECK(rig.phones[i]->heard.size() >= 99);
    CHECK(continuous(rig.phones[i]->heard));
    CHECK_EQUAL(rig.phones[i]->heard.back().payloadType, 18);
  }
}

TEST("a flood is relayed at no more than some packets a tick, and ends when it ends") {
  Rig rig;
  bridge(rig);
  rig.runFor(kSecond);
  Phone& talker = *rig.phones[0];
  talker.sending = false;
  rig.phones[1]->forget();
  const uint8_t payload[160] = {};
  for (int ms = 0; ms < 100; ms++) {
    for (int i = 0; i < 20; i++) {
      deliver(rig, talker, {false, 0, talker.sequence++, talker.timestamp += 160, talker.ssrc, {payload, sizeof payload}});
    }
    rig.runFor(kMillisecond);
  }
  CHECK(rig.phones[1]->heard.size() <= 6 * 40);
  CHECK(rig.phones[1]->heard.size() >= 5 * 32);
  talker.sending = true;
  // What the flood left in the socket's buffer goes first.
  rig.runFor(kSecond);
  rig.phones[1]->forget();
  rig.runFor(kSecond);
  CHECK(rig.phones[1]->heard.size() >= 49);
}

TEST("reports are each leg's own") {
  Rig rig;
  bridge(rig);
  rig.runFor(20 * kSecond);
  for (size_t i = 0; i < 2; i++) {
    Phone& phone = *rig.phones[i];
    if (!CHECK(!phone.rtcp.empty())) return;
    const auto report = parseRtcp({phone.rtcp.back().data(), phone.rtcp.back().size()});
    if (!CHECK(report && report->sender && report->blockCount == 1)) return;
    CHECK_EQUAL(report->ssrc, phone.heard.back().ssrc);
    CHECK_EQUAL(report->blocks[0].ssrc, phone.ssrc);
    CHECK_NEAR(static_cast<double>(report->sender->packets), static_cast<double>(phone.heard.size()), 300);
  }
}

TEST("thousands of packets lost, doubled, late and of changing sources make one stream that never steps back") {
  Rig rig;
  bridge(rig);
  rig.phones[0]->sending = rig.phones[1]->sending = false;
  const Phone& talker = *rig.phones[0];
  std::mt19937 random(11);
  const uint8_t payload[160] = {};
  uint16_t number = 1;
  uint32_t time = 0;
  uint32_t ssrc = 9;
  for (int i = 0; i < 20000; i++) {
    if (random() % 500 == 0) {
      ssrc = static_cast<uint32_t>(random());
      number = static_cast<uint16_t>(random());
      time = static_cast<uint32_t>(random());
    }
    number++;
    time += 160;
    const auto back = static_cast<uint16_t>(random() % 8 == 0 ? random() % 30 : 0);
    if (random() % 10 != 0) {
      deliver(rig, talker, {false, 0, static_cast<uint16_t>(number - back), time - 160u * back, ssrc, {payload, sizeof payload}});
    }
    rig.runFor(2 * kMillisecond);
  }
  int64_t highest = 0;
  bool once = true;
  const auto& heard = rig.phones[1]->heard;
  CHECK(heard.size() > 15000);
  int64_t extended = 1 << 16;
  std::vector<int64_t> numbers;
  for (size_t i = 0; i < heard.size(); i++) {
    if (i > 0) extended += static_cast<int16_t>(heard[i].sequence - heard[i - 1].sequence);
    numbers.push_back(extended);
    highest = std::max(highest, extended);
    once = once && extended > highest - 64;
  }
  std::sort(numbers.begin(), numbers.end());
  once = once && std::adjacent_find(numbers.begin(), numbers.end()) == numbers.end();
  CHECK(once);
}

int main() { return check::run(); }
