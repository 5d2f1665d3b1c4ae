#include "audio/gain.h"

#include <algorithm>
#include <cmath>

namespace interconnect {

void Gain::set(double db) { wanted_ = db == 0 ? 1.0F : static_cast<float>(std::pow(10.0, db / 20)); }

void Gain::process(const int16_t* in, int16_t* out, size_t n) {
  before_ = factor_;
  factor_ = wanted_;
  ramp(in, out, n, before_, factor_);
}

void Gain::ramp(const int16_t* in, int16_t* out, size_t n, float from, float to) {
  const float step = n == 0 ? 0 : (to - from) / static_cast<float>(n);
  for (size_t i = 0; i < n; i++) {
    const float value = static_cast<float>(in[i]) * (from + step * static_cast<float>(i + 1));
    out[i] = static_cast<int16_t>(std::lrint(std::clamp(value, -32768.0F, 32767.0F)));
  }
}

}  // namespace interconnect
