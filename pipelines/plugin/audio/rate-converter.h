#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>

#include "audio/resampler.h"

namespace interconnect {

/** A stretch of audio and the rate at which it is, Hz. */
struct Frame {
  int16_t* pcm;
  uint32_t rate;
};

/** Takes one stream to whatever rate is asked for; costs nothing while that is its own. */
class RateConverter {
 public:
  /** As much of `in` as lasts as long as the `samples` of `out`. Another pair of rates than before begins from silence. */
  void convert(const int16_t* in, uint32_t rate, const Frame& out, size_t samples);
  /** The same for silence; false when mere silence comes out (the stream's last samples do not lag behind any more). */
  bool silence(uint32_t rate, const Frame& out, size_t samples);

 private:
  // Most legs never need one.
  std::unique_ptr<Resampler> resampler_;
};

/** Samples at one rate that last as long as `samples` at another. */
inline size_t samplesAt(uint32_t rate, size_t samples, uint32_t theirRate) {
  return samples * rate / theirRate;
}

}  // namespace interconnect
