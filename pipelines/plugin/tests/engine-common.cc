// Those who say nothing in a session are sent the same, encoded once.
#include <gst/gst.h>

#include "codec/make-codec.h"
#include "tests/click-detector.h"
#include "tests/engine-rig.h"
#include "tests/wide-phone.h"

using namespace interconnect;
using namespace interconnect::rig;

namespace {

const CodecSpec kG722{"G722", 9, 8000, 16000, G722{}};
const CodecSpec kOpus{"opus", 111, 48000, 48000, OpusParameters{5, 48000}};

std::string json(const CodecSpec& spec) {
  if (spec.payloadType == 9) return R"({"name":"G722","payloadType":9,"clockRate":8000,"sampleRate":16000,"implementation":"g722"})";
  return R"({"name":"opus","payloadType":111,"clockRate":48000,"sampleRate":48000,"implementation":{"codec":"opus","complexity":5,"bitrate":48000}})";
}

void update(Rig& rig, size_t i, const std::string& what) {
  CHECK(rig.ask("leg.update", R"({"leg":"leg)" + std::to_string(i) + "\"," + what + "}").has("result"));
}
void mute(Rig& rig, size_t i, bool muted) { update(rig, i, std::string(R"("muted":)") + (muted ? "true" : "false")); }

/** A leg that is sent `spec`, and whose phone speaks PCMU. */
Phone& listener(Rig& rig, const CodecSpec& spec, double hz) {
  Phone& phone = rig.call(session("room"), hz);
  update(rig, rig.phones.size() - 1, R"("send":)" + json(spec));
  mute(rig, rig.phones.size() - 1, true);
  return phone;
}

std::vector<uint8_t> bytes(const RtpPacket& packet) { return {packet.payload.data, packet.payload.data + packet.payload.size}; }

/** Of the packets of one phone, how many are at the same moment sent to the other, too. */
size_t sameAs(const Phone& a, const Phone& b) {
  size_t same = 0;
  for (size_t i = 0; i < a.heard.size(); i++) {
    for (size_t k = 0; k < b.heard.size(); k++) {
      if (a.heardAt[i] == b.heardAt[k] && bytes(a.heard[i]) == bytes(b.heard[k])) same++;
    }
  }
  return same;
}

/** All that the phone was ever sent, decoded by one decoder. */
std::vector<int16_t> decoded(const CodecSpec& spec, const Phone& phone) {
  const auto decoder = makeDecoder(spec);
  std::vector<int16_t> pcm;
  std::vector<int16_t> room(kMaxPacketSamples);
  for (const RtpPacket& packet : phone.heard) {
    if (packet.payloadType != spec.payloadType) continue;
    const size_t n = decoder->decode(packet.payload, room.data(), room.size());
    pcm.insert(pcm.end(), room.begin(), room.begin() + static_cast<std::ptrdiff_t>(n));
  }
  return pcm;
}

std::vector<int16_t> last(const std::vector<int16_t>& pcm, size_t n) { return {pcm.end() - static_cast<std::ptrdiff_t>(n), pcm.end()}; }

double tone(const CodecSpec& spec, const Phone& phone, double hz) {
  // loud() leaves the first second out.
  return loud(last(decoded(spec, phone), spec.sampleRate * 7 / 4), spec.sampleRate, hz);
}

/** Lets the one who speaks pause. */
void pause(Rig& rig, Phone& talker) {
  const double hz = std::exchange(talker.toneHz, 0);
  rig.runFor(400 * kMillisecond);
  talker.toneHz = hz;
}

}  // namespace

TEST("muted G.711 listeners hear the others without a click while one of them speaks up, sends a digit and falls silent") {
  Rig rig;
  rig.call(session("room"), 400);
  for (int i = 0; i < 3; i++) rig.call(session("room"), 700, std::string(R"(,"sendTelephoneEvent":)") + kTelephoneEvent);
  for (size_t i = 1; i <= 3; i++) mute(rig, i, true);
  rig.runFor(kSecond);
  for (const auto& phone : rig.phones) phone->forget();
  rig.runFor(kSecond);
  CHECK(sameAs(*rig.phones[1], *rig.phones[2]) >= 49);
  CHECK(rig.ask("leg.send-digits", R"({"leg":"leg3","digits":"5"})").has("result"));
  rig.runFor(500 * kMillisecond);
  mute(rig, 2, false);
  rig.runFor(kSecond);
  mute(rig, 2, true);
  rig.runFor(kSecond);
  for (size_t i = 1; i <= 2; i++) {
    const Phone& phone = *rig.phones[i];
    CHECK_EQUAL(clicks::findDefects(phone.pcm, 8000).size(), size_t{0});
    for (size_t k = 1; k < phone.heard.size(); k++) {
      CHECK_EQUAL(phone.heard[k].timestamp - phone.heard[k - 1].timestamp, 160u);
      CHECK_EQUAL(static_cast<uint16_t>(phone.heard[k].sequence - phone.heard[k - 1].sequence), uint16_t{1});
      CHECK_EQUAL(phone.heard[k].ssrc, phone.heard[0].ssrc);
    }
  }
  CHECK(rig.phones[1]->heard[0].ssrc != rig.phones[2]->heard[0].ssrc);
  // Leg 2 spoke for a second, was heard by leg 1 and not by itself; leg 3's digit reached nobody else.
  CHECK(amplitude(rig.phones[1]->pcm, 700, kSettled) > 3000);
  CHECK(amplitude(rig.phones[2]->pcm, 700, kSettled) < kNothing);
  CHECK_NEAR(rig.stats(1).number("result.sent.levelDbov"), -12, 0.3);
}

TEST("muted G.722 and Opus listeners are sent one encoding from a pause on, and their own again as soon as they speak") {
  for (const CodecSpec& spec : {kG722, kOpus}) {
    Rig rig;
    Phone& talker = rig.call(session("room"), 400);
    Phone& first = listener(rig, spec, 700);
    rig.runFor(500 * kMillisecond);
    Phone& second = listener(rig, spec, 900);
    rig.runFor(kSecond);
    CHECK_EQUAL(sameAs(first, second), size_t{0});
    pause(rig, talker);
    const size_t before = sameAs(first, second);
    rig.runFor(2 * kSecond);
    CHECK_EQUAL(sameAs(first, second) - before, size_t{100});
    for (const Phone* phone : {&first, &second}) CHECK_NEAR(tone(spec, *phone, 400), kToneAmplitude, kToneAmplitude * 0.1);
    mute(rig, 2, false);
    rig.runFor(2 * kSecond);
    CHECK(tone(spec, first, 900) > kToneAmplitude * 0.9);
    CHECK(tone(spec, second, 900) < kNothing * 2);
    CHECK_NEAR(tone(spec, second, 400), kToneAmplitude, kToneAmplitude * 0.1);
    mute(rig, 2, true);
    rig.runFor(kSecond);
    // The talker's own start after his pause is one, and left out.
    CHECK(clicks::findClicks(last(decoded(spec, second), spec.sampleRate * 9 / 2), spec.sampleRate).empty());
  }
}

TEST("who hears all but himself shares what silent listeners are sent while he says nothing, and has his own as soon as he speaks") {
  Rig rig;
  Phone& talker = rig.call(session("room"), 400);
  // Muted at their own end: silence goes on coming.
  rig.call(session("room"), 0);
  Phone& speaker = rig.call(session("room"), 900);
  rig.runFor(100 * kMillisecond);
  speaker.toneHz = 0;
  const auto ear = [&](const std::string& own) -> Phone& {
    Phone& phone = rig.call(R"({"kind":"session","session":"room","except":[")" + own + "\"]}", 0);
    update(rig, rig.phones.size() - 1, R"("direction":"sendonly","send":)" + json(kOpus));
    return phone;
  };
  Phone& first = ear("leg1");
  Phone& second = ear("leg2");
  rig.runFor(kSecond);
  pause(rig, talker);
  const size_t before = sameAs(first, second);
  rig.runFor(2 * kSecond);
  CHECK_EQUAL(sameAs(first, second) - before, size_t{100});
  speaker.toneHz = 900;
  rig.runFor(2 * kSecond);
  // Until what was held of it begins to be heard.
  CHECK(sameAs(first, second) - before <= 105);
  CHECK(tone(kOpus, first, 900) > kToneAmplitude * 0.9);
  CHECK(tone(kOpus, second, 900) < kNothing * 2);
  speaker.toneHz = 0;
  rig.runFor(2 * kSecond);
  for (const Phone* phone : {&first, &second}) CHECK_NEAR(tone(kOpus, *phone, 400), kToneAmplitude, kToneAmplitude * 0.1);
  CHECK(clicks::findClicks(last(decoded(kOpus, second), kOpus.sampleRate * 11 / 2), kOpus.sampleRate).empty());
}

TEST("a listener who leaves takes its encoder along, and those who stay do not notice") {
  Rig rig;
  Phone& talker = rig.call(session("room"), 400);
  Phone& stays = listener(rig, kG722, 700);
  Phone& goes = listener(rig, kG722, 900);
  rig.call(session("other"), 500);
  rig.runFor(kSecond);
  pause(rig, talker);
  rig.runFor(kSecond);
  const size_t together = sameAs(stays, goes);
  CHECK(together > 50);
  update(rig, 2, R"("hears":)" + session("other"));
  rig.runFor(2 * kSecond);
  CHECK(sameAs(stays, goes) - together <= 1);
  CHECK_NEAR(tone(kG722, goes, 500), kToneAmplitude, kToneAmplitude * 0.1);
  CHECK_NEAR(tone(kG722, stays, 400), kToneAmplitude, kToneAmplitude * 0.1);
  CHECK(rig.ask("leg.close", R"({"leg":"leg2"})").has("result"));
  rig.runFor(2 * kSecond);
  CHECK_NEAR(tone(kG722, stays, 400), kToneAmplitude, kToneAmplitude * 0.1);
}

TEST("what is played to one of them alone is heard by no other, and a click by nobody") {
  Rig rig;
  rig.call(session("room"), 400);
  for (size_t i = 1; i <= 2; i++) {
    rig.call(session("room"), 700);
    mute(rig, i, true);
  }
  rig.runFor(kSecond);
  for (const auto& phone : rig.phones) phone->forget();
  const std::string tone = R"({"player":"p","to":{"leg":"leg1"},"source":{"kind":"tone","frequencyHz":1100,"levelDbov":-15}})";
  CHECK(rig.ask("player.start", tone).has("result"));
  rig.runFor(2 * kSecond);
  CHECK(amplitude(rig.phones[1]->pcm, 1100, kSettled) > 3000);
  CHECK(amplitude(rig.phones[2]->pcm, 1100, kSettled) < kNothing);
  CHECK(clicks::findClicks(rig.phones[2]->pcm, 8000).empty());
  CHECK(rig.ask("player.stop", R"({"player":"p","to":{"leg":"leg1"}})").has("result"));
  rig.runFor(200 * kMillisecond);
  for (const auto& phone : rig.phones) phone->forget();
  rig.runFor(kSecond);
  CHECK(sameAs(*rig.phones[1], *rig.phones[2]) >= 49);
}

int main(int count, char** values) {
  gst_init(&count, &values);
  return check::run();
}
