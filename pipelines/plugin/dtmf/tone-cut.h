#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "dtmf/tone-detector.h"

namespace interconnect {

/**
 * Cuts digits out of what others hear. A digit is known 35 ms after it began; audio is held back by a tick of 20 ms, so
 * less than 20 ms of the tone get through: too little for anybody to take it for a digit (Q.24: 40 ms, and none of 20 ms).
 */
class ToneCut {
 public:
  /**
   * The tick before, without its digits.
   * @param detector that has heard `tick`
   * @param tick nullptr: silence
   * @returns nullptr: silence
   */
  int16_t* pass(const ToneDetector& detector, const int16_t* tick, size_t samples);

 private:
  std::vector<int16_t> held_;
  std::vector<int16_t> out_;
  bool holdsSound_ = false;
  float gain_ = 1;
};

}  // namespace interconnect
