#pragma once

#include <cstddef>
#include <cstdint>

namespace interconnect {

/** Order of the prediction: enough for the formants of a voice, or for two tones and the noise of a line. */
constexpr size_t kPredictionOrder = 16;

/**
 * Continues a signal for `n` samples as its resonances would ring on by themselves (autocorrelation method). It joins on in
 * value and in slope, and fades with time; good for some milliseconds.
 *
 * @param pcm the signal so far, `length` samples (more than kPredictionOrder, at most 1024)
 */
void ringOn(const int16_t* pcm, size_t length, float* out, size_t n);

}  // namespace interconnect
