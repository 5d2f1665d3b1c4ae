#include "dtmf/inband-receiver.h"

namespace interconnect {

int16_t* InbandReceiver::hear(int16_t* tick, size_t samples, bool concealed) {
  detector_.add(tick, samples, concealed);
  return cut_ ? cut_->pass(detector_, tick, samples) : tick;
}

}  // namespace interconnect
