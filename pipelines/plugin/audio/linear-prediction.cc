#include "audio/linear-prediction.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace interconnect {
namespace {

constexpr size_t kLongest = 1024;
/** −50 dB of white noise: keeps the filter from ringing for ever, and rounding from making it unstable. */
constexpr float kFloor = 1e-5f;

using Coefficients = std::array<float, kPredictionOrder>;

Coefficients solve(const std::array<float, kPredictionOrder + 1>& r) {
  Coefficients a{};
  float error = r[0] * (1 + kFloor) + 1;
  for (size_t i = 0; i < a.size(); ++i) {
    float k = r[i + 1];
    for (size_t j = 0; j < i; ++j) k -= a[j] * r[i - j];
    k /= error;
    Coefficients next = a;
    next[i] = k;
    for (size_t j = 0; j < i; ++j) next[j] = a[j] - k * a[i - 1 - j];
    a = next;
    error *= 1 - k * k;
    if (error <= 0) break;
  }
  return a;
}

}  // namespace

void ringOn(const int16_t* pcm, size_t length, float* out, size_t n) {
  const size_t window = std::min(length, kLongest);
  const int16_t* begin = pcm + length - window;
  std::array<float, kLongest> windowed;
  // What was last counts most: a word may just have begun.
  const size_t rise = window * 7 / 8;
  for (size_t i = 0; i < window; ++i) {
    const float t = i < rise ? 1 - (static_cast<float>(i) + 0.5f) / static_cast<float>(rise)
                             : (static_cast<float>(i - rise) + 0.5f) / static_cast<float>(window - rise);
    windowed[i] = static_cast<float>(begin[i]) * (1 - t * t);
  }
  std::array<float, kPredictionOrder + 1> r{};
  for (size_t lag = 0; lag < r.size(); ++lag) {
    for (size_t i = lag; i < window; ++i) r[lag] += windowed[i] * windowed[i - lag];
  }
  const Coefficients a = solve(r);
  for (size_t i = 0; i < n; ++i) {
    float value = 0;
    for (size_t j = 0; j < a.size(); ++j) value += a[j] * (j < i ? out[i - 1 - j] : static_cast<float>(pcm[length + i - 1 - j]));
    // A filter at the edge of stability may grow.
    out[i] = std::clamp(value, -32768.0f, 32767.0f);
  }
}

}  // namespace interconnect
