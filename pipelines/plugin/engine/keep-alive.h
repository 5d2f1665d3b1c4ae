#pragma once
#include <cstdint>

#include "clock/nanos.h"

namespace interconnect {

/**
 * When a leg that sends nothing (on hold, in a pause, a relay of nothing) has to send something all the same, so that
 * every NAT on the way goes on letting the far end's packets in (RFC 6263).
 */
class KeepAlive {
 public:
  /** 0: never. */
  void setInterval(Nanos interval) { interval_ = interval; }
  /** There is somewhere to send to from now on: the first packet opens the way. */
  void start(Nanos now) {
    since_ = now;
    wait_ = kOpening;
  }

  /** @param packets that the leg has sent so far; the one that follows an answer of true counts as well */
  bool due(uint64_t packets, Nanos now) {
    if (packets != packets_) {
      packets_ = packets;
      since_ = now;
      wait_ = interval_;
      return false;
    }
    if (interval_ == 0 || now - since_ < wait_) return false;
    since_ = now;
    wait_ = interval_;
    return true;
  }

 private:
  /** Longer than any packet time: a leg that has something to send has done so by then. */
  static constexpr Nanos kOpening = 100 * kMillisecond;

  Nanos interval_ = 0;
  Nanos since_ = 0;
  Nanos wait_ = kOpening;
  uint64_t packets_ = 0;
};

}  // namespace interconnect
