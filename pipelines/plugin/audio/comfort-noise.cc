#include "audio/comfort-noise.h"

#include <algorithm>
#include <cmath>

namespace interconnect {

ComfortNoise::ComfortNoise(uint8_t level) { setLevel(level); }

void ComfortNoise::setLevel(uint8_t level) {
  // 0 dBov is the power of a full-scale square wave; the RMS of evenly spread values is their peak / √3.
  const double peak = 32768 * std::pow(10.0, -(level & 0x7f) / 20.0) * std::sqrt(3.0);
  peak_ = static_cast<int32_t>(std::lrint(std::min(peak, 32767.0)));
}

void ComfortNoise::generate(int16_t* out, size_t n) {
  for (size_t i = 0; i < n; i++) {
    // Marsaglia's xorshift: nobody hears the difference to better randomness.
    random_ ^= random_ << 13;
    random_ ^= random_ >> 17;
    random_ ^= random_ << 5;
    const int32_t centred = static_cast<int32_t>(random_ & 0xffff) - 0x8000;
    out[i] = static_cast<int16_t>(centred * peak_ / 0x8000);
  }
}

}  // namespace interconnect
