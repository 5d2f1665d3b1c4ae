#pragma once

#include <optional>

#include "dtmf/tone-cut.h"
#include "dtmf/tone-detector.h"

namespace interconnect {

/** Hears the digits in the decoded audio of a leg, tick by tick, and cuts them out of it if it is to. */
class InbandReceiver {
 public:
  InbandReceiver(uint32_t sampleRate, bool remove) : detector_(sampleRate) {
    if (remove) cut_.emplace();
  }

  /**
   * @param tick nullptr: silence
   * @param concealed some of it was made up here
   * @returns what others hear: the same, or the tick before without its digits; nullptr: silence
   */
  int16_t* hear(int16_t* tick, size_t samples, bool concealed);

  std::optional<Digit> next() { return detector_.next(); }

 private:
  ToneDetector detector_;
  std::optional<ToneCut> cut_;
};

}  // namespace interconnect
