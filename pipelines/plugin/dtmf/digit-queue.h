#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "dtmf/telephone-event.h"

namespace interconnect {

/** Digits and pauses that wait to be sent, with their lengths. */
class DigitQueue {
 public:
  static constexpr size_t kMaxQueued = 256;
  static constexpr uint32_t kPauseMs = 500;
  static constexpr uint8_t kPause = 0xff;

  struct Item {
    /** Event, or kPause. */
    uint8_t event = 0;
    uint16_t toneMs = 0;
    uint16_t gapMs = 0;
    bool isTone() const { return event != kPause; }
  };

  /**
   * @param digits 0-9 A-D * #, and p for a pause of 500 ms
   * @returns false, with nothing queued, when a character is none of these or the queue would grow past kMaxQueued
   */
  bool add(std::string_view digits, uint32_t digitMs, uint32_t gapMs) {
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

  size_t size() const { return count_; }
  const Item& front() const { return items_[first_]; }
  void pop() {
    first_ = (first_ + 1) % kMaxQueued;
    --count_;
  }

  /** Until the last tone, or pause, is over. */
  uint32_t totalMs() const {
    uint32_t total = 0;
    for (size_t i = 0; i < count_; ++i) {
      const Item& item = items_[(first_ + i) % kMaxQueued];
      const bool isLast = i + 1 == count_;
      total += item.toneMs + (isLast ? 0u : item.gapMs);
    }
    return total;
  }

 private:
  static constexpr uint32_t kMaxItemMs = 5000;

  std::array<Item, kMaxQueued> items_{};
  size_t first_ = 0;
  size_t count_ = 0;
};

}  // namespace interconnect
