#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "audio/tone.h"

namespace interconnect {

/** One or two frequencies, steady or in a cadence (ITU-T E.180): ring-back, busy. Edges rise and fall in 5 ms: no clicks. */
class CallTone {
 public:
  /**
   * @param secondHz sounds together with the first, at the same level
   * @param cadenceMs on, off, on, off … for ever; empty: steady
   */
  CallTone(uint32_t sampleRate, double firstHz, std::optional<double> secondHz, double levelDbov,
           const std::vector<unsigned>& cadenceMs);

  void generate(int16_t* out, size_t n);

 private:
  void sound(int16_t* out, size_t n);
  void pass(size_t n);
  double gain(size_t position) const;
  bool on() const { return part_ % 2 == 0; }

  Tone first_;
  std::optional<Tone> second_;
  /** Lengths in samples; empty: steady. */
  std::vector<size_t> parts_;
  const size_t rampSamples_;
  size_t part_ = 0;
  /** Samples since this part began; for a steady tone no more than the ramp. */
  size_t position_ = 0;
};

}  // namespace interconnect
