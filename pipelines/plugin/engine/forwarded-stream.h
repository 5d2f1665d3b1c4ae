#pragma once
#include <cstddef>
#include <cstdint>

#include "clock/nanos.h"
#include "rtp/relay-stream.h"

namespace interconnect {

/**
 * What one leg of a pair is sent of the other while that one's packets go on as they came, and where what is encoded again
 * joins on to it. All in the time stamp units of the stream that is sent.
 */
class ForwardedStream {
 public:
  /** @param sourceType payload type of the audio that is sent on; any other cannot be */
  explicit ForwardedStream(uint8_t sourceType) : sourceType_(sourceType) {}

  uint8_t sourceType() const { return sourceType_; }
  RelayStream& numbers() { return numbers_; }
  /** A packet of audio went out, newer than all before it. */
  void sent(uint32_t timestamp, uint32_t units, Nanos arrival) {
    end_ = timestamp + units;
    begin_ = timestamp;
    arrival_ = arrival;
    beyond_ = 0;
  }
  /** So much of a tick was of what nobody was sent: made up by us, behind all that came. */
  void beyond(uint32_t units) { beyond_ += units; }
  /** Now, as the packets run (RFC 3550 §6.4.1: for sender reports). */
  uint32_t lineAt(Nanos now, uint32_t clockRate) const;
  /** Where what was not sent on begins. */
  uint32_t end() const { return end_ + beyond_; }

  /** No more packets are sent on. What was is left out of the ticks that follow. */
  void leave() { leaving_ = true; }
  bool leaving() const { return leaving_; }

 private:
  const uint8_t sourceType_;
  RelayStream numbers_;
  uint32_t begin_ = 0;
  uint32_t end_ = 0;
  uint32_t beyond_ = 0;
  Nanos arrival_ = 0;
  bool leaving_ = false;
};

}  // namespace interconnect
