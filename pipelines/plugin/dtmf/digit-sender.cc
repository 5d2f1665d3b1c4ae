#include "dtmf/digit-sender.h"

#include <algorithm>

namespace interconnect {
namespace {

constexpr uint8_t kVolume = 10;
constexpr int64_t kMaxDuration = 0xffff;
constexpr uint32_t kMaxItemMs = 5000;

}  // namespace

bool DigitSender::queue(std::string_view digits, uint32_t digitMs, uint32_t gapMs) {
  if (digits.size() > kMaxQueued - count_) return false;
  const auto sendable = [](char digit) { return digit == 'p' || eventOfDigit(digit).has_value(); };
  if (!std::all_of(digits.begin(), digits.end(), sendable)) return false;
  for (const char digit : digits) {
    Item& item = items_[(first_ + count_++) % kMaxQueued];
    item.event = digit == 'p' ? kPause : eventOfDigit(digit).value_or(kPause);
    item.toneMs = static_cast<uint16_t>(digit == 'p' ? kPauseMs : std::min(digitMs, kMaxItemMs));
    item.gapMs = static_cast<uint16_t>(digit == 'p' ? 0 : std::min(gapMs, kMaxItemMs));
  }
  return true;
}

DigitStep DigitSender::step(uint32_t timestamp, Nanos packetTime) {
  DigitStep step;
  if (count_ == 0) return step;
  const Item& item = items_[first_];
  if (!begun_) {
    begun_ = true;
    elapsed_ = 0;
    endsSent_ = 0;
    segment_ = 0;
    eventTimestamp_ = timestamp;
  }
  const bool isTone = item.event != kPause;
  const bool isFirst = elapsed_ == 0;
  elapsed_ += packetTime;
  if (isTone && endsSent_ < kEndPackets) {
    step = tone(item);
    step.marker = isFirst;
    step.done = endsSent_ == kEndPackets && count_ == 1;
  }
  const bool isOver = elapsed_ >= (item.toneMs + item.gapMs) * kMillisecond;
  if (isOver && (!isTone || endsSent_ == kEndPackets)) {
    pop();
    if (!isTone) step.done = count_ == 0;
  }
  return step;
}

/** RFC 4733 §2.5.1: updates with a growing duration, then three end packets at the same interval. */
DigitStep DigitSender::tone(const Item& item) {
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

void DigitSender::pop() {
  first_ = (first_ + 1) % kMaxQueued;
  --count_;
  begun_ = false;
}

uint32_t DigitSender::queuedMs() const {
  if (count_ == 0) return 0;
  uint32_t total = 0;
  for (size_t i = 0; i < count_; ++i) {
    const Item& item = items_[(first_ + i) % kMaxQueued];
    const bool isLast = i + 1 == count_;
    total += item.toneMs + (isLast ? 0u : item.gapMs);
  }
  const auto passed = static_cast<uint32_t>(begun_ ? elapsed_ / kMillisecond : 0);
  return total > passed ? total - passed : 0;
}

}  // namespace interconnect
