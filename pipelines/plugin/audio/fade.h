#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

namespace interconnect {

/** Takes the gain of `n` samples evenly from one value to another. */
inline void fade(int16_t* pcm, size_t n, float from, float to) {
  if (from == 1 && to == 1) return;
  for (size_t i = 0; i < n; ++i) {
    const float gain = from + (to - from) * static_cast<float>(i + 1) / static_cast<float>(n);
    pcm[i] = static_cast<int16_t>(std::lrint(gain * pcm[i]));
  }
}

}  // namespace interconnect
