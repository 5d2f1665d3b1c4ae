#include <gst/gst.h>

#include "tests/click-detector.h"
#include "tests/engine-rig.h"
#include "tests/wide-phone.h"

using namespace interconnect;
using namespace interconnect::rig;

namespace {

void mute(Rig& rig, size_t i, bool muted) {
  const std::string params = R"({"leg":"leg)" + std::to_string(i) + R"(","muted":)" + (muted ? "true" : "false") + "}";
  CHECK(rig.ask("leg.update", params).has("result"));
}

/** One digit (RFC 4733) of 100 ms, its end three times. */
void press(Rig& rig, Phone& phone, uint8_t event) {
  phone.sending = false;
  for (int i = 1; i <= 8; i++) {
    const auto duration = static_cast<uint16_t>(160 * std::min(i, 5));
    std::vector<uint8_t> datagram(kRtpHeaderBytes + 4);
    writeRtpHeader(datagram.data(), {i == 1, 101, phone.sequence++, phone.timestamp, phone.ssrc, {}});
    datagram[12] = event;
    datagram[13] = i >= 6 ? 0x8a : 0x0a;
    datagram[14] = static_cast<uint8_t>(duration >> 8);
    datagram[15] = static_cast<uint8_t>(duration);
    rig.network.deliver(phone.self, phone.box, {datagram.data(), datagram.size()});
    rig.runFor(20 * kMillisecond);
  }
  phone.timestamp += 8 * 160;
  phone.sending = true;
}

const std::string kWithEvents = std::string(R"(,"receiveTelephoneEvent":)") + kTelephoneEvent;

}  // namespace

TEST("a muted leg is heard by nobody, hears everybody, and is heard again when it is unmuted, all without a click") {
  Rig rig;
  Phone& listener = rig.call(session("room"), 0);
  Phone& muted = rig.call(session("room"), 700);
  rig.call(session("room"), 500);
  rig.runFor(kSecond);
  mute(rig, 2, true);
  rig.runFor(kSecond);
  listener.forget();
  rig.runFor(kSecond);
  CHECK(amplitude(listener.pcm, 700) > 10000);
  mute(rig, 1, true);
  rig.runFor(kSecond);
  CHECK_EQUAL(clicks::findClicks(listener.pcm, 8000).size(), size_t{0});
  listener.forget();
  muted.forget();
  mute(rig, 2, false);
  rig.runFor(kSecond);
  CHECK(amplitude(listener.pcm, 700) < kNothing);
  CHECK(amplitude(listener.pcm, 500, 800) > 10000);
  CHECK(amplitude(muted.pcm, 500, 800) > 10000);
  mute(rig, 2, true);
  rig.runFor(100 * kMillisecond);
  listener.forget();
  mute(rig, 1, false);
  rig.runFor(kSecond);
  CHECK(amplitude(listener.pcm, 700, 800) > 10000);
  CHECK_EQUAL(clicks::findClicks(listener.pcm, 8000).size(), size_t{0});
}

TEST("what a muted leg sends is counted, its digits are told, its level is not measured") {
  Rig rig;
  rig.call(session("room"), 0);
  Phone& muted = rig.call(session("room"), 700, kWithEvents);
  uint16_t dropFrom = 0;
  rig.runFor(kSecond);
  mute(rig, 1, true);
  rig.runFor(kSecond);
  dropFrom = muted.sequence;
  muted.lost = [&](uint16_t sequence) { return sequence >= dropFrom && sequence < dropFrom + 5; };
  rig.runFor(kSecond);
  press(rig, muted, 10);
  rig.runFor(200 * kMillisecond);
  const Json stats = rig.stats(1);
  CHECK_EQUAL(stats.number("result.received.lost"), 5.0);
  CHECK_EQUAL(stats.number("result.received.late"), 0.0);
  CHECK(stats.isNull("result.received.levelDbov"));
  CHECK(rig.ask("legs.flow", "{}").isNull("result.legs.1.sinceSoundMs"));
  const auto digits = rig.events("leg.digit");
  if (!CHECK_EQUAL(digits.size(), size_t{1})) return;
  CHECK_EQUAL(digits[0].string("params.digit"), std::string("*"));
  CHECK(rig.ask("dump", "{}").text().find(R"("muted":true)") != std::string::npos);
  mute(rig, 1, false);
  rig.runFor(kSecond);
  CHECK_NEAR(rig.stats(1).number("result.received.levelDbov"), -12, 0.5);
}

TEST("the jitter buffer goes on while a leg is muted: nothing is late when it is unmuted") {
  Rig rig;
  Phone& listener = rig.call(session("room"), 0);
  Phone& muted = rig.call(session("room"), 700);
  rig.runFor(kSecond);
  mute(rig, 1, true);
  rig.runFor(kSecond);
  // From now on 10 ms later than before: the buffer has to grow.
  muted.phase += 10 * kMillisecond;
  rig.runFor(5 * kSecond);
  mute(rig, 1, false);
  rig.runFor(100 * kMillisecond);
  listener.forget();
  rig.runFor(2 * kSecond);
  CHECK_NEAR(amplitude(listener.pcm, 700), kToneAmplitude, kToneAmplitude * 0.05);
  CHECK_EQUAL(clicks::findDefects(listener.pcm, 8000).size(), size_t{0});
}

TEST("a leg of another rate than its mix goes and comes without a click") {
  Rig rig;
  Phone& listener = rig.call(session("room"), 0);
  WidePhone wide(rig, session("room"), 16000, 700);
  const auto say = [&](Nanos duration) {
    for (Nanos passed = 0; passed < duration; passed += 20 * kMillisecond) {
      wide.say();
      rig.runFor(20 * kMillisecond);
    }
  };
  say(kSecond);
  listener.forget();
  for (int i = 0; i < 3; i++) {
    mute(rig, 1, true);
    say(500 * kMillisecond);
    mute(rig, 1, false);
    say(500 * kMillisecond);
  }
  CHECK_EQUAL(clicks::findClicks(listener.pcm, 8000).size(), size_t{0});
}

TEST("the wide leg of a session that is muted does not keep its mix wide") {
  Rig rig;
  WidePhone one(rig, session("room"), 16000, 700);
  WidePhone two(rig, session("room"), 16000, 900);
  const auto say = [&](Nanos duration) {
    for (Nanos passed = 0; passed < duration; passed += 20 * kMillisecond) {
      one.say();
      two.say();
      rig.runFor(20 * kMillisecond);
    }
  };
  say(kSecond);
  CHECK_EQUAL(rig.ask("dump", "{}").number("result.sessions.0.sampleRate"), 16000.0);
  mute(rig, 0, true);
  mute(rig, 1, true);
  say(100 * kMillisecond);
  CHECK_EQUAL(rig.ask("dump", "{}").number("result.sessions.0.sampleRate"), 8000.0);
}

TEST("of a muted leg that is relayed nothing but digits goes on, and afterwards its stream goes on") {
  Rig rig;
  Phone& one = rig.call(kSilence, 400, kWithEvents);
  Phone& two = rig.call(leg(0), 700, kWithEvents + R"(,"sendTelephoneEvent":)" + kTelephoneEvent);
  rig.runFor(kSecond);
  CHECK(amplitude(two.pcm, 400) > 10000);
  mute(rig, 0, true);
  rig.runFor(100 * kMillisecond);
  two.forget();
  rig.runFor(kSecond);
  CHECK_EQUAL(two.heard.size(), size_t{0});
  press(rig, one, 6);
  CHECK(two.heard.size() >= 8);
  for (const RtpPacket& packet : two.heard) CHECK_EQUAL(packet.payloadType, uint8_t{101});
  const RtpPacket last = two.heard.back();
  two.forget();
  mute(rig, 0, false);
  rig.runFor(kSecond);
  CHECK_NEAR(static_cast<double>(two.heard.size()), 50, 2);
  CHECK_EQUAL(two.heard.front().sequence, static_cast<uint16_t>(last.sequence + 1));
  CHECK(static_cast<int32_t>(two.heard.front().timestamp - last.timestamp) >= 0);
  CHECK(amplitude(two.pcm, 400) > 10000);
}

TEST("muted must be true or false") {
  Rig rig;
  rig.call(session("room"), 0);
  const Json answer = rig.ask("leg.update", R"({"leg":"leg0","muted":1})");
  CHECK_EQUAL(answer.string("error.code"), std::string("media.bad-request"));
  CHECK_EQUAL(answer.string("error.message"), std::string("params.muted must be true or false"));
}

int main(int count, char** values) {
  gst_init(&count, &values);
  return check::run();
}
