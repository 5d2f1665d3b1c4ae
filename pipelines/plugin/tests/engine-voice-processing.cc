#include <gst/gst.h>

#include <random>

#include "tests/wide-phone.h"

using namespace interconnect;
using namespace interconnect::rig;

namespace {

double decibels(double ratio) { return 20 * std::log10(ratio); }

Json update(Rig& rig, const std::string& leg, const std::string& keys) {
  return rig.ask("leg.update", R"({"leg":")" + leg + "\"," + keys + "}");
}

/** The largest step from one sample to the next. */
int largestStep(const std::vector<int16_t>& pcm, size_t from) {
  int step = 0;
  for (size_t i = from + 1; i < pcm.size(); i++) step = std::max(step, std::abs(pcm[i] - pcm[i - 1]));
  return step;
}

/** A phone whose words are noise of a level. */
void sayNoise(Rig& rig, size_t i, double rms, Nanos duration) {
  static std::minstd_rand random(3);
  static uint16_t sequence = 1000;
  static uint32_t timestamp = 90'000;
  Phone& phone = *rig.phones[i];
  phone.sending = false;
  std::normal_distribution<double> noise(0, rms);
  for (Nanos passed = 0; passed < duration; passed += 20 * kMillisecond) {
    std::vector<int16_t> audio(160);
    for (int16_t& sample : audio) sample = static_cast<int16_t>(noise(random));
    std::vector<uint8_t> datagram(kRtpHeaderBytes + audio.size());
    writeRtpHeader(datagram.data(), {false, 0, sequence++, timestamp, 0xfeed, {}});
    ulawEncode(audio.data(), datagram.data() + kRtpHeaderBytes, audio.size());
    timestamp += 160;
    rig.network.deliver(phone.self, phone.box, {datagram.data(), datagram.size()});
    rig.runFor(20 * kMillisecond);
  }
}

}  // namespace

TEST("a gain on what a leg says is heard by the others and seen in its figures, and its own level stays what came in") {
  Rig rig;
  Phone& listener = rig.call(session("room"), 400);
  rig.call(session("room"), 900, R"(,"gain":{"receiveDb":-12})");
  rig.runFor(2 * kSecond);
  CHECK_NEAR(decibels(amplitude(listener.pcm, 900, kSettled) / kToneAmplitude), -12, 0.2);
  CHECK_NEAR(rig.stats(1).number("result.received.levelDbov"), -12, 0.2);
  CHECK_NEAR(rig.stats(1).number("result.received.processed.levelDbov"), -24, 0.2);
  CHECK(!rig.stats(0).has("result.received.processed"));
  update(rig, "leg1", R"("gain":{"receiveDb":6})");
  rig.runFor(kSecond);
  listener.forget();
  rig.runFor(2 * kSecond);
  CHECK_NEAR(decibels(amplitude(listener.pcm, 900, kSettled) / kToneAmplitude), 6, 0.2);
}

TEST("a gain on what a leg hears is its own: others hear the same as before") {
  Rig rig;
  Phone& soft = rig.call(session("room"), 400, R"(,"gain":{"sendDb":-20})");
  Phone& other = rig.call(session("room"), 900);
  rig.call(session("room"), 600);
  rig.runFor(2 * kSecond);
  CHECK_NEAR(decibels(amplitude(soft.pcm, 900, kSettled) / kToneAmplitude), -20, 0.3);
  CHECK_NEAR(decibels(amplitude(soft.pcm, 600, kSettled) / kToneAmplitude), -20, 0.3);
  CHECK_NEAR(decibels(amplitude(other.pcm, 400, kSettled) / kToneAmplitude), 0, 0.3);
}

TEST("a gain that is too much for 16 bits is limited and does not wrap") {
  Rig rig;
  Phone& listener = rig.call(session("room"), 0);
  rig.call(session("room"), 500, R"(,"gain":{"receiveDb":20})");
  rig.runFor(2 * kSecond);
  CHECK(largestStep(listener.pcm, kSettled) < 33'000);
  CHECK(amplitude(listener.pcm, 500, kSettled) > 32'000);
}

TEST("a gain that changes leaves no step") {
  Rig rig;
  Phone& listener = rig.call(session("room"), 0);
  rig.call(session("room"), 200);
  rig.runFor(kSecond);
  const double steady = largestStep(listener.pcm, 4000);
  for (int i = 0; i < 20; i++) {
    update(rig, "leg1", std::string(R"("gain":{"receiveDb":)") + (i % 2 == 0 ? "-40}" : "0}"));
    update(rig, "leg0", std::string(R"("gain":{"sendDb":)") + (i % 3 == 0 ? "-20}" : "0}"));
    rig.runFor(60 * kMillisecond);
  }
  // A sine of 200 Hz moves by 1/6 of its amplitude a sample; G.711's steps are up to 3 % of it.
  CHECK(largestStep(listener.pcm, kSettled) < steady * 1.15);
}

TEST("noise suppression takes steady noise away, and the figures say by how much") {
  Rig rig;
  Phone& listener = rig.call(session("room"), 0);
  rig.call(session("room"), 0, R"(,"audioProcessing":{"noiseSuppression":true,"gainControl":false})");
  sayNoise(rig, 1, 300, 6 * kSecond);
  const Json stats = rig.stats(1);
  const double before = stats.number("result.received.levelDbov");
  const double after = stats.number("result.received.processed.levelDbov");
  CHECK_NEAR(before, -40.8, 0.5);
  CHECK(after < before - 8);
  CHECK(stats.isNull("result.received.processed.problem"));
  double sum = 0;
  for (size_t i = listener.pcm.size() - 8000; i < listener.pcm.size(); i++) sum += listener.pcm[i] * listener.pcm[i];
  CHECK_NEAR(decibels(std::sqrt(sum / 8000) / 32'768), after, 1);
  update(rig, "leg1", R"("audioProcessing":{"noiseSuppression":false,"gainControl":false})");
  sayNoise(rig, 1, 300, 2 * kSecond);
  CHECK_NEAR(rig.stats(1).number("result.received.processed.levelDbov"), before, 0.5);
}

TEST("gain control brings a quiet voice up") {
  Rig rig;
  rig.call(session("room"), 0);
  rig.call(session("room"), 0, R"(,"audioProcessing":{"noiseSuppression":false,"gainControl":true})");
  // Bursts of half a second: steady noise is none of a voice.
  for (int i = 0; i < 8; i++) {
    sayNoise(rig, 1, 600, 500 * kMillisecond);
    sayNoise(rig, 1, 1, 300 * kMillisecond);
  }
  const Json stats = rig.stats(1);
  CHECK(stats.number("result.received.processed.levelDbov") > stats.number("result.received.levelDbov") + 5);
}

TEST("a voice of 16 kHz is processed at its own rate") {
  Rig rig;
  WidePhone wide(rig, session("room"), 16000, 1000);
  WidePhone other(rig, session("room"), 16000, 0);
  CHECK(update(rig, wide.name(), R"("audioProcessing":{"noiseSuppression":false,"gainControl":false},"gain":{"receiveDb":-6})").has("result"));
  for (int i = 0; i < 100; i++) {
    wide.say();
    rig.runFor(20 * kMillisecond);
  }
  CHECK_NEAR(decibels(loud(other.heard(), 16000, 1000) / kToneAmplitude), -6, 0.3);
}

TEST("what is out of range is refused") {
  Rig rig;
  rig.call(session("room"), 0);
  for (const char* keys : {R"("gain":{"receiveDb":21})", R"("gain":{"sendDb":-41})", R"("gain":{"db":1})", R"("gain":3)",
                           R"("audioProcessing":{"noiseSuppression":true})", R"("audioProcessing":{"noiseSuppression":1,"gainControl":true})"}) {
    CHECK_EQUAL(update(rig, "leg0", keys).string("error.code"), std::string("media.bad-request"));
  }
}

int main(int count, char** values) {
  gst_init(&count, &values);
  return check::run();
}
