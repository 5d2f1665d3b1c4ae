#pragma once
#include "clock/nanos.h"
#include "engine/tick.h"

namespace interconnect {

/**
 * How many datagrams of handshakes all legs together may take in a tick. A handshake is two costly steps of about half a
 * millisecond; a hundred calls that are answered at once must not make everybody's audio late.
 */
class HandshakeBudget {
 public:
  bool take(Nanos now) {
    if (now / kTick != tick_) {
      tick_ = now / kTick;
      left_ = kEachTick;
    }
    if (left_ == 0) return false;
    left_--;
    return true;
  }

 private:
  static constexpr unsigned kEachTick = 12;
  Nanos tick_ = 0;
  unsigned left_ = kEachTick;
};

}  // namespace interconnect
