#include "audio/rate-converter.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace interconnect {

void RateConverter::convert(const int16_t* in, uint32_t rate, const Frame& out, size_t samples) {
  if (rate == out.rate) {
    resampler_.reset();
    std::memcpy(out.pcm, in, samples * sizeof(int16_t));
    return;
  }
  if (!resampler_ || resampler_->from() != rate || resampler_->to() != out.rate) {
    resampler_ = std::make_unique<Resampler>(rate, out.rate);
  }
  resampler_->process(in, samplesAt(rate, samples, out.rate), out.pcm);
}

bool RateConverter::silence(uint32_t rate, const Frame& out, size_t samples) {
  if (resampler_ && !resampler_->drained()) {
    static constexpr std::array<int16_t, Resampler::kMaxInput> kZeros{};
    convert(kZeros.data(), rate, out, samples);
    return true;
  }
  std::fill_n(out.pcm, samples, int16_t{0});
  return false;
}

}  // namespace interconnect
