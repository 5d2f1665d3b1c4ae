#include "dtmf/tone-cut.h"

#include "audio/fade.h"

namespace interconnect {

int16_t* ToneCut::pass(const ToneDetector& detector, const int16_t* tick, size_t samples) {
  std::swap(held_, out_);
  const bool sounds = holdsSound_ && out_.size() == samples;
  holdsSound_ = tick != nullptr;
  // The whole capacity is taken at the first tick of a rate.
  if (tick != nullptr) held_.assign(tick, tick + samples);
  if (!sounds) return nullptr;
  const size_t step = detector.blockSamples();
  const size_t blocks = samples / step;
  for (size_t i = 0; i < blocks; ++i) {
    const float gain = detector.inDigit(2 * blocks - 1 - i) ? 0 : 1;
    fade(out_.data() + i * step, step, gain_, gain);
    gain_ = gain;
  }
  return out_.data();
}

}  // namespace interconnect
