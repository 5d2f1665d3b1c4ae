#include "audio/call-tone.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "audio/level.h"
#include "tests/check.h"

using namespace interconnect;

namespace {

std::vector<int16_t> heard(CallTone tone, size_t samples, size_t block = 160) {
  std::vector<int16_t> pcm(samples);
  for (size_t at = 0; at < samples; at += block) tone.generate(pcm.data() + at, std::min(block, samples - at));
  return pcm;
}

bool silent(const std::vector<int16_t>& pcm, size_t from, size_t to) {
  return std::all_of(pcm.begin() + static_cast<std::ptrdiff_t>(from), pcm.begin() + static_cast<std::ptrdiff_t>(to),
                     [](int16_t s) { return s == 0; });
}

double levelOf(const std::vector<int16_t>& pcm, size_t from, size_t to) {
  LevelMeter meter(8000);
  for (size_t at = from; at + 160 <= to; at += 160) meter.add(pcm.data() + at, 160);
  return meter.levelDbov().value_or(0);
}

/** Energy (dBov) above 2 kHz around a place, where a tone of 425 Hz has none: what a click sounds of. */
double highPassed(const std::vector<int16_t>& pcm, size_t from, size_t to) {
  double energy = 0;
  for (size_t i = from + 4; i < to; i++) {
    const double d = pcm[i] - 4.0 * pcm[i - 1] + 6.0 * pcm[i - 2] - 4.0 * pcm[i - 3] + pcm[i - 4];
    energy += d * d / 256;
  }
  return 10 * std::log10(energy / static_cast<double>(to - from - 4) / (32768.0 * 32768.0) + 1e-12);
}

}  // namespace

TEST("ring-back sounds for a second and is silent for four, over and over") {
  const auto pcm = heard(CallTone(8000, 425, std::nullopt, -15, {1000, 4000}), 15 * 8000);
  for (const size_t second : {0u, 5u, 10u}) {
    CHECK_NEAR(levelOf(pcm, second * 8000 + 80, second * 8000 + 7900), -15, 0.1);
    CHECK(silent(pcm, (second + 1) * 8000, (second + 5) * 8000));
  }
}

TEST("a cadence of several parts is kept to the sample") {
  const auto pcm = heard(CallTone(8000, 400, 450, -15, {400, 200, 400, 2000}), 2 * 24000);
  for (const size_t cycle : {0u, 24000u}) {
    CHECK(!silent(pcm, cycle + 10, cycle + 3190));
    CHECK(silent(pcm, cycle + 3200, cycle + 4800));
    CHECK(!silent(pcm, cycle + 4810, cycle + 7990));
    CHECK(silent(pcm, cycle + 8000, cycle + 24000));
  }
}

TEST("two frequencies each have the level that was asked for, and clip instead of wrapping") {
  const auto pcm = heard(CallTone(8000, 440, 480, -19, {}), 8000);
  // Two uncorrelated tones together are 3 dB louder than one.
  CHECK_NEAR(levelOf(pcm, 160, 8000), -16, 0.1);
  const auto loud = heard(CallTone(8000, 440, 480, 0, {}), 8000);
  CHECK_EQUAL(*std::max_element(loud.begin(), loud.end()), 32767);
  for (size_t i = 1; i < loud.size(); i++) CHECK(std::abs(loud[i] - loud[i - 1]) < 26000);
}

TEST("neither edge clicks") {
  const auto pcm = heard(CallTone(8000, 425, std::nullopt, -10, {250, 250}), 4 * 8000);
  const double steady = highPassed(pcm, 500, 1500);
  for (size_t edge = 2000; edge + 100 < pcm.size(); edge += 2000) CHECK(highPassed(pcm, edge - 100, edge + 100) < steady + 6);
  // The same without ramps: shows that the measure sees a click.
  auto cut = heard(CallTone(8000, 425, std::nullopt, -10, {}), 4000);
  std::fill(cut.begin() + 1995, cut.end(), int16_t{0});
  CHECK(highPassed(cut, 1900, 2100) > steady + 12);
}

TEST("it does not matter how the tone is cut into blocks") {
  const CallTone tone(8000, 425, 480, -12, {30, 50, 20, 40});
  const auto expected = heard(tone, 8000, 160);
  const auto other = heard(tone, 8000, 37);
  int worst = 0;
  for (size_t i = 0; i < expected.size(); i++) worst = std::max(worst, std::abs(expected[i] - other[i]));
  CHECK(worst <= 2);
}

int main() { return check::run(); }
