#include "audio/resampler.h"

#include <algorithm>
#include <cstdlib>

#include "audio/rate-converter.h"
#include "tests/check.h"

using namespace interconnect;

namespace {

constexpr uint32_t kPairs[][2] = {{8000, 16000}, {8000, 48000}, {16000, 48000}, {16000, 8000}, {48000, 8000}, {48000, 16000}};
constexpr double kAmplitude = 20000;

std::vector<int16_t> sine(uint32_t rate, double hz, size_t samples) {
  std::vector<int16_t> pcm(samples);
  for (size_t i = 0; i < samples; i++) {
    pcm[i] = static_cast<int16_t>(std::lrint(kAmplitude * std::sin(2 * M_PI * hz * static_cast<double>(i) / rate)));
  }
  return pcm;
}

/** In blocks of so many milliseconds. */
std::vector<int16_t> resampled(const std::vector<int16_t>& in, uint32_t from, uint32_t to, size_t blockMs = 20) {
  Resampler resampler(from, to);
  std::vector<int16_t> out(in.size() * to / from);
  const size_t block = from * blockMs / 1000;
  for (size_t at = 0; at < in.size(); at += block) {
    const size_t n = std::min(block, in.size() - at);
    resampler.process(in.data() + at, n, out.data() + at * to / from);
  }
  return out;
}

/** Amplitude of one frequency, over whole seconds but the first half one. */
double amplitude(const std::vector<int16_t>& pcm, uint32_t rate, double hz) {
  double re = 0;
  double im = 0;
  size_t n = 0;
  for (size_t i = rate / 2; i < rate / 2 + rate; i++, n++) {
    const double phase = 2 * M_PI * hz * static_cast<double>(i) / rate;
    re += pcm[i] * std::cos(phase);
    im += pcm[i] * std::sin(phase);
  }
  return 2 * std::hypot(re, im) / static_cast<double>(n);
}

double decibel(double ratio) { return 20 * std::log10(std::max(ratio, 1e-9)); }

/** RMS of what is not that sine. */
double rest(const std::vector<int16_t>& pcm, uint32_t rate, double hz) {
  double power = 0;
  for (size_t i = rate / 2; i < rate / 2 + rate; i++) power += double{1} * pcm[i] * pcm[i] / rate;
  const double tone = amplitude(pcm, rate, hz);
  return std::sqrt(std::max(0.0, power - tone * tone / 2));
}

}  // namespace

TEST("the pass-band is level to 0.02 dB, from 50 Hz to 7/16 of the lower rate") {
  for (const auto& [from, to] : kPairs) {
    const double edge = std::min(from, to) * 7.0 / 16;
    for (const double hz : {50.0, 300.0, edge / 4, edge / 2, edge * 0.9, edge}) {
      const auto out = resampled(sine(from, std::floor(hz), from * 2), from, to);
      CHECK_NEAR(decibel(amplitude(out, to, std::floor(hz)) / kAmplitude), 0, 0.02);
    }
  }
}

TEST("what would be folded back is 60 dB down and more when the rate falls") {
  for (const auto& [from, to] : kPairs) {
    if (to > from) continue;
    for (double hz = std::ceil(to * 9.0 / 16); hz < from / 2; hz += 437) {
      const auto out = resampled(sine(from, hz, from * 2), from, to);
      double power = 0;
      for (size_t i = to / 2; i < to / 2 + to; i++) power += double{1} * out[i] * out[i] / to;
      const double level = decibel(std::sqrt(2 * power) / kAmplitude);
      if (!CHECK(level < -60)) std::printf("  %u to %u at %.0f Hz: %.1f dB\n", from, to, hz, level);
    }
  }
}

TEST("images are 60 dB down and more when the rate rises") {
  for (const auto& [from, to] : kPairs) {
    if (to < from) continue;
    for (const double hz : {100.0, 1004.0, from * 0.4, from * 7.0 / 16}) {
      const auto out = resampled(sine(from, hz, from * 2), from, to);
      CHECK(decibel(rest(out, to, hz) * std::sqrt(2) / kAmplitude) < -60);
    }
  }
}

TEST("the delay is 16 samples of the lower rate") {
  for (const auto& [from, to] : kPairs) {
    const uint32_t lower = std::min(from, to);
    std::vector<int16_t> click(from / 10);
    const size_t at = from / 100 * 3;
    click[at] = 30000;
    const auto out = resampled(click, from, to);
    const auto highest = static_cast<size_t>(std::max_element(out.begin(), out.end()) - out.begin());
    CHECK_EQUAL(highest, at * to / from + 16 * size_t{to} / lower);
  }
}

TEST("blocks of any length give the very same samples") {
  for (const auto& [from, to] : kPairs) {
    const auto in = sine(from, 997, from);
    const auto once = resampled(in, from, to, 20);
    CHECK(resampled(in, from, to, 10) == once);
    CHECK(resampled(in, from, to, 1) == once);
  }
}

TEST("full scale is limited and does not wrap") {
  for (const auto& [from, to] : kPairs) {
    std::vector<int16_t> square(from);
    for (size_t i = 0; i < square.size(); i++) square[i] = static_cast<int16_t>(i / (from / 500) % 2 == 0 ? 32767 : -32768);
    const auto out = resampled(square, from, to);
    // Half a period of 250 Hz: away from its edges the sign is that of what went in.
    const size_t delay = 16 * size_t{to} / std::min(from, to);
    for (size_t i = delay + to / 10; i + to / 10 < out.size(); i++) {
      const size_t in = (i - delay) * from / to;
      const size_t place = in % (from / 500);
      if (place < from / 2000 || place > from * 3 / 2000) continue;
      if (!CHECK((out[i] > 0) == (square[in] > 0))) return;
    }
  }
}

TEST("a constant stays what it is, to one step") {
  for (const auto& [from, to] : kPairs) {
    const auto out = resampled(std::vector<int16_t>(from, 12345), from, to);
    for (size_t i = to / 10; i < out.size(); i++) {
      if (!CHECK(std::abs(out[i] - 12345) <= 1)) break;
    }
  }
}

TEST("after silence has gone through nothing is left, and not before") {
  for (const auto& [from, to] : kPairs) {
    Resampler resampler(from, to);
    CHECK(resampler.drained());
    std::vector<int16_t> in = sine(from, 1000, from / 50);
    std::vector<int16_t> out(in.size() * to / from);
    resampler.process(in.data(), in.size(), out.data());
    CHECK(!resampler.drained());
    std::fill(in.begin(), in.end(), int16_t{0});
    resampler.process(in.data(), in.size(), out.data());
    CHECK(std::any_of(out.begin(), out.end(), [](int16_t s) { return s != 0; }));
    CHECK(resampler.drained());
    resampler.process(in.data(), in.size(), out.data());
    CHECK(std::all_of(out.begin(), out.end(), [](int16_t s) { return s == 0; }));
  }
}

TEST("a converter gives what it is given while the rates are the same, and lets a stream's end out before it is silent") {
  RateConverter converter;
  std::vector<int16_t> in = sine(8000, 1000, 160);
  std::vector<int16_t> out(320);
  converter.convert(in.data(), 8000, {out.data(), 8000}, 160);
  CHECK(std::equal(in.begin(), in.end(), out.begin()));
  CHECK(!converter.silence(8000, {out.data(), 8000}, 160));
  converter.convert(in.data(), 8000, {out.data(), 16000}, 320);
  CHECK(converter.silence(8000, {out.data(), 16000}, 320));
  CHECK(std::any_of(out.begin(), out.end(), [](int16_t s) { return s != 0; }));
  CHECK(!converter.silence(8000, {out.data(), 16000}, 320));
}

int main() { return check::run(); }
