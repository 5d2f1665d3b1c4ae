#include "dtmf/tone-sender.h"

#include <string>

#include "dtmf/tone-detector.h"
#include "tests/check.h"
#include "tests/click-detector.h"
#include "tests/digit-tones.h"
#include "tests/synthetic.h"

using namespace interconnect;

namespace {

/** What goes out over `ms` of a voice, in ticks of 20 ms. */
struct Out {
  synthetic::Samples samples;
  size_t digits = 0;
  size_t done = 0;
};

Out run(ToneSender& sender, uint32_t rate, double ms, double voiceDbov = -127) {
  Out out;
  const synthetic::Samples voice = synthetic::tone(rate, 300, ms / 1000, voiceDbov);
  out.samples = voice;
  const size_t tick = rate / 50;
  for (size_t at = 0; at + tick <= voice.size(); at += tick) {
    const auto sent = sender.write(out.samples.data() + at, tick, rate);
    out.digits += sent.digits;
    out.done += sent.done ? 1 : 0;
  }
  return out;
}

std::string heardIn(const synthetic::Samples& samples, uint32_t rate, std::vector<uint32_t>* lengths = nullptr) {
  ToneDetector detector(rate);
  std::string digits;
  const size_t tick = rate / 50;
  for (size_t at = 0; at + tick <= samples.size(); at += tick) {
    detector.add(samples.data() + at, tick, false);
    while (const auto digit = detector.next()) {
      digits += digit->digit;
      if (lengths != nullptr) lengths->push_back(digit->durationMs);
    }
  }
  return digits;
}

double dbm0(const synthetic::Samples& samples, uint32_t rate, double hz, double fromMs, double toMs) {
  const size_t from = synthetic::msOf(rate, fromMs);
  const size_t to = synthetic::msOf(rate, toMs);
  double re = 0;
  double im = 0;
  for (size_t i = from; i < to; i++) {
    re += samples[i] * std::cos(2 * M_PI * hz * static_cast<double>(i) / rate);
    im += samples[i] * std::sin(2 * M_PI * hz * static_cast<double>(i) / rate);
  }
  const double amplitude = 2 * std::hypot(re, im) / static_cast<double>(to - from);
  return 20 * std::log10(amplitude / 32768 / std::sqrt(2)) - kDbm0InDbov;
}

TEST("digits go out as their two tones, at -11 and -9 dBm0, at every rate") {
  for (const uint32_t rate : {8000u, 16000u, 48000u}) {
    ToneSender sender;
    CHECK(sender.queue("0123456789*#ABCD", 60, 60));
    const Out out = run(sender, rate, 2200);
    CHECK_EQUAL(heardIn(out.samples, rate), std::string("0123456789*#ABCD"));
    CHECK_EQUAL(out.digits, size_t{16});
    CHECK_EQUAL(out.done, size_t{1});
    CHECK(!sender.active());

    CHECK(sender.queue("5", 1000, 100));
    const Out five = run(sender, rate, 1000);
    CHECK_NEAR(dbm0(five.samples, rate, 770, 100, 900), -11, 0.3);
    CHECK_NEAR(dbm0(five.samples, rate, 1336, 100, 900), -9, 0.3);
  }
}

TEST("the shortest digits and gaps are kept, and long ones too") {
  ToneSender sender;
  CHECK(sender.queue("1111", 40, 40));
  CHECK(sender.queue("2", 700, 100));
  std::vector<uint32_t> lengths;
  CHECK_EQUAL(heardIn(run(sender, 8000, 1500).samples, 8000, &lengths), std::string("11112"));
  if (lengths.size() != 5) return;
  for (size_t i = 0; i < 4; i++) CHECK_NEAR(lengths[i], 40, 10);
  CHECK_NEAR(lengths[4], 700, 10);
}

TEST("p is a pause of half a second in which the voice is heard, in tones and gaps it is not") {
  ToneSender sender;
  CHECK(sender.queue("1p2", 100, 100));
  CHECK_EQUAL(sender.queuedMs(), 100u + 100 + 500 + 100);
  const Out out = run(sender, 8000, 1400, -20);
  CHECK_NEAR(dbm0(out.samples, 8000, 697, 10, 90), -11, 0.5);
  CHECK(dbm0(out.samples, 8000, 300, 110, 190) < -60);
  CHECK_NEAR(dbm0(out.samples, 8000, 300, 210, 690), -20 - kDbm0InDbov, 0.3);
  CHECK_NEAR(dbm0(out.samples, 8000, 1336, 710, 790), -9, 0.5);
  CHECK_NEAR(dbm0(out.samples, 8000, 300, 910, 1390), -20 - kDbm0InDbov, 0.3);
  CHECK_EQUAL(out.digits, size_t{2});
}

TEST("no edge is a click") {
  for (const uint32_t rate : {8000u, 16000u}) {
    ToneSender sender;
    CHECK(sender.queue("19p*D", 80, 60));
    const Out out = run(sender, rate, 2000, -20);
    CHECK_EQUAL(clicks::findClicks(out.samples, rate).size(), size_t{0});
  }
}

TEST("a rate that changes under it changes nothing") {
  ToneSender sender;
  CHECK(sender.queue("7", 200, 60));
  synthetic::Samples narrow = run(sender, 8000, 100).samples;
  const synthetic::Samples wide = run(sender, 16000, 160).samples;
  CHECK_EQUAL(heardIn(narrow, 8000), std::string());
  CHECK_NEAR(dbm0(narrow, 8000, 852, 20, 90), -11, 0.5);
  CHECK_NEAR(dbm0(wide, 16000, 852, 10, 90), -11, 0.5);
  CHECK(dbm0(wide, 16000, 852, 105, 160) < -60);
}

TEST("other characters and more than the queue holds are refused as a whole") {
  ToneSender sender;
  CHECK(!sender.queue("12x", 100, 100));
  CHECK(!sender.active());
  CHECK(sender.queue(std::string(DigitQueue::kMaxQueued, '1'), 100, 100));
  CHECK(!sender.queue("1", 100, 100));
}

}  // namespace

int main() { return check::run(); }
