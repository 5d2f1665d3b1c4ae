#include "dtmf/digit-sender.h"

#include <algorithm>

namespace interconnect {
namespace {

constexpr uint8_t kVolume = 10;
constexpr int64_t kMaxDuration = 0xffff;

}  // namespace

DigitStep DigitSender::step(uint32_t timestamp, Nanos packetTime) {
  DigitStep step;
  if (!active()) return step;
  const DigitQueue::Item& item = queue_.front();
  if (!begun_) {
    begun_ = true;
    elapsed_ = 0;
    endsSent_ = 0;
    segment_ = 0;
    eventTimestamp_ = timestamp;
  }
  const bool isTone = item.isTone();
  const bool isFirst = elapsed_ == 0;
  elapsed_ += packetTime;
  if (isTone && endsSent_ < kEndPackets) {
    step = tone(item);
    step.marker = isFirst;
    step.done = endsSent_ == kEndPackets && queue_.size() == 1;
  }
  const bool isOver = elapsed_ >= (item.toneMs + item.gapMs) * kMillisecond;
  if (isOver && (!isTone || endsSent_ == kEndPackets)) {
    queue_.pop();
    begun_ = false;
    if (!isTone) step.done = !active();
  }
  return step;
}

/** RFC 4733 §2.5.1: updates with a growing duration, then three end packets at the same interval. */
DigitStep DigitSender::tone(const DigitQueue::Item& item) {
  const Nanos length = item.toneMs * kMillisecond;
  const int64_t units = nanosToUnits(std::min(elapsed_, length), clockRate_) - segment_;
  DigitStep step;
  step.event = true;
  step.timestamp = eventTimestamp_;
  TelephoneEvent event;
  event.event = item.event;
  event.volume = kVolume;
  event.duration = static_cast<uint16_t>(std::min(units, kMaxDuration));
  if (units > kMaxDuration) {
    // §2.5.1.3: the field is full; the event goes on in another segment, without marker and without an end between.
    segment_ += kMaxDuration;
    eventTimestamp_ += static_cast<uint32_t>(kMaxDuration);
  } else if (elapsed_ >= length) {
    event.end = true;
    step.digitSent = endsSent_++ == 0;
  }
  step.payload = writeTelephoneEvent(event);
  return step;
}

uint32_t DigitSender::queuedMs() const {
  const uint32_t total = queue_.totalMs();
  const auto passed = static_cast<uint32_t>(begun_ ? elapsed_ / kMillisecond : 0);
  return total > passed ? total - passed : 0;
}

}  // namespace interconnect
