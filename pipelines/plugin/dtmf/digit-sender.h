#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "clock/nanos.h"
#include "dtmf/digit-queue.h"
#include "dtmf/telephone-event.h"

namespace interconnect {

/** What goes out in one packet time. */
struct DigitStep {
  /** False: audio as usual. True: this event packet in its place. */
  bool event = false;
  std::array<uint8_t, kTelephoneEventBytes> payload{};
  bool marker = false;
  /** RTP time stamp of the packet: that of the event's start, while the audio clock goes on. */
  uint32_t timestamp = 0;
  /** The end packet of a digit went out for the first time. */
  bool digitSent = false;
  /** The last item of the queue is out, with all its end packets. */
  bool done = false;
};

/** Digits and pauses waiting to be sent as RFC 4733 events, asked once a packet time what to send. */
class DigitSender {
 public:
  explicit DigitSender(uint32_t clockRate) : clockRate_(clockRate) {}

  /** As DigitQueue::add. */
  bool queue(std::string_view digits, uint32_t digitMs, uint32_t gapMs) { return queue_.add(digits, digitMs, gapMs); }

  /**
   * @param timestamp RTP time stamp that an audio packet would get now
   * @param packetTime time until the next call
   */
  DigitStep step(uint32_t timestamp, Nanos packetTime);

  bool active() const { return queue_.size() > 0; }
  /** How long until the last digit of the queue is out. */
  uint32_t queuedMs() const;

 private:
  static constexpr int kEndPackets = 3;

  DigitStep tone(const DigitQueue::Item& item);

  const uint32_t clockRate_;
  DigitQueue queue_;

  // Of the item at the head: time since it began, and what of it is out.
  Nanos elapsed_ = 0;
  uint32_t eventTimestamp_ = 0;
  /** Units of the event that earlier segments hold. */
  int64_t segment_ = 0;
  int endsSent_ = 0;
  bool begun_ = false;
};

}  // namespace interconnect
