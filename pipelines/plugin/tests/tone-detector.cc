#include "dtmf/tone-detector.h"

#include <string>
#include <vector>

#include "audio/g711.h"
#include "tests/check.h"
#include "tests/digit-tones.h"
#include "tests/synthetic.h"

using namespace interconnect;
using namespace digit_tones;

namespace {

const std::string kAll = "0123456789*#ABCD";

struct Heard {
  std::string digits;
  std::vector<uint32_t> durations;
};

/** Hears all of it in ticks of 20 ms, and half a second of silence. `lead` moves the ticks against the signal. */
Heard heard(synthetic::Samples samples, uint32_t rate = 8000, double leadMs = 0) {
  samples.insert(samples.begin(), synthetic::msOf(rate, leadMs), 0);
  append(samples, silence(rate, 500));
  ToneDetector detector(rate);
  Heard heard;
  const size_t tick = rate / 50;
  for (size_t at = 0; at + tick <= samples.size(); at += tick) {
    detector.add(samples.data() + at, tick, false);
    while (const auto digit = detector.next()) {
      heard.digits += digit->digit;
      heard.durations.push_back(digit->durationMs);
    }
  }
  return heard;
}

std::string heardOf(const synthetic::Samples& samples, uint32_t rate = 8000, double leadMs = 0) {
  return heard(samples, rate, leadMs).digits;
}

TEST("all sixteen digits are heard at every rate, each once, with their length, wherever the ticks lie") {
  for (const uint32_t rate : {8000u, 16000u, 48000u}) {
    for (double lead = 0; lead < 20; lead += 1.3) {
      const Heard all = heard(dialled(rate, kAll), rate, lead);
      CHECK_EQUAL(all.digits, kAll);
      for (const uint32_t ms : all.durations) CHECK_NEAR(ms, 60, 10);
    }
  }
}

TEST("40 ms of tone and 40 ms of pause are enough, the same digit again and again too (Q.24)") {
  for (const std::string& digits : {kAll, std::string("1111"), std::string("DDDD"), std::string("5500")}) {
    for (double lead = 0; lead < 20; lead += 0.7) {
      CHECK_EQUAL(heardOf(dialled(8000, digits, {-11, -9, 0, 0, 40, 40}), 8000, lead), digits);
    }
  }
}

TEST("frequencies may be off by 1.5 %, either way and both, and no digit is heard from 4 % on") {
  for (const double low : {-1.5, 0.0, 1.5}) {
    for (const double high : {-1.5, 0.0, 1.5}) {
      CHECK_EQUAL(heardOf(dialled(8000, kAll, {-11, -9, low, high, 40, 40})), kAll);
      CHECK_EQUAL(heardOf(noisy(dialled(8000, kAll, {-11, -9, low, high, 45, 45}), 20)), kAll);
    }
  }
  for (const double off : {-4.0, 4.0}) {
    CHECK_EQUAL(heardOf(dialled(8000, kAll, {-11, -9, off, 0, 200, 60})), std::string());
    CHECK_EQUAL(heardOf(dialled(8000, kAll, {-11, -9, 0, off, 200, 60})), std::string());
  }
}

TEST("the high tone may be 4 dB louder or 8 dB fainter, and not 15") {
  for (const double off : {-1.5, 0.0, 1.5}) {
    CHECK_EQUAL(heardOf(dialled(8000, kAll, {-12, -8, off, off, 40, 40})), kAll);
    CHECK_EQUAL(heardOf(dialled(8000, kAll, {-8, -16, off, off, 40, 40})), kAll);
  }
  CHECK_EQUAL(heardOf(dialled(8000, kAll, {-20, -5})), std::string());
  CHECK_EQUAL(heardOf(dialled(8000, kAll, {-5, -20})), std::string());
}

TEST("levels from -25 to 0 dBm0 a tone are heard, through G.711, and -40 is not") {
  for (const double level : {-25.0, -20.0, -10.0, -3.0, 0.0}) {
    synthetic::Samples samples = dialled(8000, kAll, {level, level, 0, 0, 40, 40});
    CHECK_EQUAL(heardOf(samples), kAll);
    std::vector<uint8_t> coded(samples.size());
    ulawEncode(samples.data(), coded.data(), samples.size());
    ulawDecode(coded.data(), samples.data(), samples.size());
    CHECK_EQUAL(heardOf(samples), kAll);
    alawEncode(samples.data(), coded.data(), samples.size());
    alawDecode(coded.data(), samples.data(), samples.size());
    CHECK_EQUAL(heardOf(samples), kAll);
  }
  CHECK_EQUAL(heardOf(dialled(8000, kAll, {-40, -40})), std::string());
}

TEST("noise 15 dB below the tones hides no digit and makes none") {
  for (uint32_t seed = 1; seed <= 20; ++seed) {
    CHECK_EQUAL(heardOf(noisy(dialled(8000, kAll, {-11, -9, 0, 0, 50, 50}), 15, seed)), kAll);
  }
  CHECK_EQUAL(heardOf(noisy(silence(8000, 60'000), 0)), std::string());
}

TEST("an interruption of 10 ms splits no digit, and 20 ms of tone are none") {
  for (double lead = 0; lead < 20; lead += 1.3) {
    synthetic::Samples samples = tones(8000, '7', {-11, -9, 0, 0, 50, 0});
    append(samples, silence(8000, 10));
    append(samples, tones(8000, '7', {-11, -9, 0, 0, 50, 0}));
    CHECK_EQUAL(heardOf(samples, 8000, lead), std::string("7"));
    CHECK_EQUAL(heardOf(dialled(8000, kAll, {-11, -9, 0, 0, 20, 60}), 8000, lead), std::string());
  }
}

TEST("a key held for seconds is one digit of that length, and one that follows at once is another") {
  synthetic::Samples samples = tones(8000, '1', {-11, -9, 0, 0, 3000, 0});
  append(samples, tones(8000, '2', {-11, -9, 0, 0, 100, 0}));
  const Heard both = heard(samples);
  CHECK_EQUAL(both.digits, std::string("12"));
  if (both.durations.size() != 2) return;
  CHECK_NEAR(both.durations[0], 3000, 15);
  CHECK_NEAR(both.durations[1], 100, 15);
}

TEST("what was lost and made up does not split a digit, and a tone that never comes back ends") {
  ToneDetector detector(8000);
  const synthetic::Samples tone = tones(8000, '4', {-11, -9, 0, 0, 400, 0});
  const synthetic::Samples made = synthetic::noise(8000, 0.1);
  std::string digits;
  const auto give = [&](const int16_t* pcm, bool concealed) {
    detector.add(pcm, 160, concealed);
    while (const auto digit = detector.next()) digits += digit->digit;
  };
  for (size_t tick = 0; tick < 20; ++tick) {
    const bool lost = tick == 5 || tick == 6 || tick == 11;
    give(lost ? made.data() : tone.data() + 160 * tick, lost);
  }
  CHECK_EQUAL(digits, std::string());
  for (int tick = 0; tick < 10; ++tick) give(made.data(), true);
  CHECK_EQUAL(digits, std::string("4"));
}

TEST("ten minutes of speech, of three rates and many voices, hold no digit") {
  for (const uint32_t rate : {8000u, 16000u, 48000u}) {
    const double seconds = rate == 48000 ? 120 : 240;
    for (const double pitch : {85.0, 110.0, 160.0, 210.0, 280.0}) {
      CHECK_EQUAL(heardOf(synthetic::speech(rate, seconds / 5, pitch, rate + static_cast<uint32_t>(pitch)), rate), std::string());
    }
  }
}

TEST("music, sung vowels, call tones and sweeps hold no digit") {
  for (double pitch = 80; pitch < 1000; pitch *= 1.0293) CHECK_EQUAL(heardOf(synthetic::vowel(8000, pitch, 1)), std::string());
  // Every two notes of three octaves at once, with overtones as a string has.
  std::vector<double> notes;
  for (int i = 0; i < 36; ++i) notes.push_back(220 * std::pow(2, i / 12.0));
  for (const double a : notes) {
    for (const double b : notes) {
      if (b <= a) continue;
      synthetic::Samples chord(4000);
      for (size_t n = 0; n < chord.size(); ++n) {
        const double t = 2 * M_PI * static_cast<double>(n) / 8000;
        for (int k = 1; k <= 4; ++k) {
          if (k * b > 3900) break;
          chord[n] = synthetic::toSample(chord[n] + 4000.0 / k * (std::sin(k * a * t) + std::sin(k * b * t)));
        }
      }
      CHECK_EQUAL(heardOf(chord), std::string());
    }
  }
  for (const auto& [a, b] : {std::pair(350, 440), std::pair(440, 480), std::pair(480, 620), std::pair(425, 425), std::pair(1100, 2100)}) {
    CHECK_EQUAL(heardOf(synthetic::sum(synthetic::tone(8000, a, 2), synthetic::tone(8000, b, 2))), std::string());
  }
  synthetic::Samples sweep(160'000);
  double phase = 0;
  for (size_t n = 0; n < sweep.size(); ++n) {
    phase += 2 * M_PI * (300 + 3000.0 * static_cast<double>(n) / static_cast<double>(sweep.size())) / 8000;
    sweep[n] = synthetic::toSample(9000 * std::sin(phase));
  }
  CHECK_EQUAL(heardOf(sweep), std::string());
}

TEST("it is known which stretch was a digit") {
  ToneDetector detector(8000);
  synthetic::Samples samples = silence(8000, 100);
  append(samples, tones(8000, '9', {-11, -9, 0, 0, 100, 0}));
  append(samples, silence(8000, 100));
  // 40 ms after its beginning it is known, back to its first block.
  detector.add(samples.data(), 140 * 8, false);
  CHECK(detector.active());
  CHECK(detector.inDigit(7) && !detector.inDigit(9));
  detector.add(samples.data() + 140 * 8, 160 * 8, false);
  CHECK(!detector.active());
  CHECK(!detector.inDigit(41) && detector.inDigit(38) && detector.inDigit(22) && !detector.inDigit(17));
}

}  // namespace

int main() { return check::run(); }
