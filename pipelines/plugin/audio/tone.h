#pragma once

#include <cstddef>
#include <cstdint>

namespace interconnect {

/** A sine, phase-continuous over any number of blocks. */
class Tone {
 public:
  /** @param levelDbov RMS, 0 = full-scale square wave; above −3.01 the sine stays at full scale */
  Tone(uint32_t sampleRate, double frequencyHz, double levelDbov);

  void generate(int16_t* out, size_t n);

 private:
  double step_;
  double amplitude_;
  double phase_ = 0;
};

}  // namespace interconnect
