#include "audio/resampler.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

namespace interconnect {
namespace {

constexpr size_t kTaps = Resampler::kTaps;
/** Kaiser's formula for 65 dB. */
constexpr double kBeta = 0.1102 * (65 - 8.7);

double bessel0(double x) {
  double sum = 1;
  double term = 1;
  for (int k = 1; term > sum * 1e-12; k++) {
    term *= (x / 2 / k) * (x / 2 / k);
    sum += term;
  }
  return sum;
}

/** The low-pass at the higher rate, one tap longer than whole phases need, so that its delay is a whole number. */
std::vector<double> prototype(size_t factor) {
  const size_t length = kTaps * factor;
  std::vector<double> h(length);
  const double middle = static_cast<double>(length) / 2;
  for (size_t i = 1; i < length; i++) {
    const double t = static_cast<double>(i) - middle;
    const double x = M_PI * t / static_cast<double>(factor);
    const double sinc = t == 0 ? 1 : std::sin(x) / x;
    const double place = t / middle;
    h[i] = sinc * bessel0(kBeta * std::sqrt(1 - place * place)) / bessel0(kBeta);
  }
  return h;
}

/** Rounds so that they add up to exactly 1: silence between phases must not hum, a level stays what it is. */
void quantise(const double* h, size_t step, size_t n, int16_t* out) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += h[i * step];
  int left = 32768;
  for (size_t i = 0; i < n; i++) {
    const auto tap = static_cast<int>(std::lrint(h[i * step] / sum * 32768));
    out[i] = static_cast<int16_t>(std::min(tap, 32767));
    left -= out[i];
  }
  int16_t& largest = *std::max_element(out, out + n);
  largest = static_cast<int16_t>(std::min(largest + left, 32767));
}

/** By phase, for a rate that rises: phase p of an output sample is p steps after the input sample before it. */
std::vector<int16_t> risingTaps(size_t factor) {
  const std::vector<double> h = prototype(factor);
  std::vector<int16_t> taps(h.size());
  for (size_t p = 0; p < factor; p++) quantise(h.data() + p, factor, kTaps, taps.data() + p * kTaps);
  // The newest sample is multiplied by the first coefficient; the samples lie oldest first.
  for (size_t p = 0; p < factor; p++) std::reverse(taps.begin() + static_cast<std::ptrdiff_t>(p * kTaps), taps.begin() + static_cast<std::ptrdiff_t>((p + 1) * kTaps));
  return taps;
}

std::vector<int16_t> fallingTaps(size_t factor) {
  const std::vector<double> h = prototype(factor);
  std::vector<int16_t> taps(h.size());
  quantise(h.data(), 1, h.size(), taps.data());
  std::reverse(taps.begin(), taps.end());
  return taps;
}

const std::vector<int16_t>& tapsOf(bool rises, size_t factor) {
  static const std::vector<int16_t> rising[] = {risingTaps(2), risingTaps(3), risingTaps(6)};
  static const std::vector<int16_t> falling[] = {fallingTaps(2), fallingTaps(3), fallingTaps(6)};
  const size_t index = factor == 2 ? 0 : factor == 3 ? 1 : 2;
  return rises ? rising[index] : falling[index];
}

/** Both at most 16 bits and the taps' magnitudes add up to less than 2^16: no overflow. `n` is a multiple of 32. */
int32_t dot(const int16_t* a, const int16_t* b, size_t n) {
  int32_t sum = 0;
  for (size_t i = 0; i < n; i += kTaps) {
    for (size_t k = 0; k < kTaps; k++) sum += a[i + k] * b[i + k];
  }
  return sum;
}

int16_t toSample(int32_t sum) { return static_cast<int16_t>(std::clamp((sum + (1 << 14)) >> 15, -32768, 32767)); }

}  // namespace

Resampler::Resampler(uint32_t from, uint32_t to)
    : from_(from),
      to_(to),
      rises_(to > from),
      factor_(rises_ ? to / from : from / to),
      history_(rises_ ? kTaps - 1 : kTaps * factor_ - 1),
      taps_(tapsOf(rises_, factor_)),
      room_(history_ + kMaxInput),
      silent_(history_) {}

void Resampler::process(const int16_t* in, size_t n, int16_t* out) {
  std::memcpy(room_.data() + history_, in, n * sizeof(int16_t));
  if (rises_) raise(room_.data(), n, out);
  else lower(room_.data(), n, out);
  const auto sounds = std::find_if(std::make_reverse_iterator(in + n), std::make_reverse_iterator(in), [](int16_t s) { return s != 0; });
  const auto quiet = static_cast<size_t>(sounds - std::make_reverse_iterator(in + n));
  silent_ = quiet == n ? silent_ + n : quiet;
  std::memmove(room_.data(), room_.data() + n, history_ * sizeof(int16_t));
}

void Resampler::raise(const int16_t* in, size_t n, int16_t* out) const {
  for (size_t i = 0; i < n; i++) {
    for (size_t p = 0; p < factor_; p++) *out++ = toSample(dot(in + i, taps_.data() + p * kTaps, kTaps));
  }
}

void Resampler::lower(const int16_t* in, size_t n, int16_t* out) const {
  for (size_t i = 0; i < n; i += factor_) *out++ = toSample(dot(in + i, taps_.data(), taps_.size()));
}

}  // namespace interconnect
