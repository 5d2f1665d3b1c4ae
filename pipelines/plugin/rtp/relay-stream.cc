#include "rtp/relay-stream.h"

#include <algorithm>

namespace interconnect {
namespace {

constexpr int64_t kRemembered = 64;

}  // namespace

void RelayStream::begin(int64_t number, uint32_t timestamp, uint16_t ourSequence, uint32_t ourTimestamp) {
  begun_ = true;
  highestNumber_ = number - 1;
  offset_ = ourSequence - number;
  highest_ = int64_t{ourSequence} - 1;
  taken_ = ~uint64_t{0};
  timestampOffset_ = ourTimestamp - timestamp;
  lastTimestamp_ = ourTimestamp;
}

std::optional<RelayStream::Place> RelayStream::place(int64_t number, uint32_t timestamp) {
  const int64_t ours = number + offset_;
  const bool newest = ours > highest_;
  if (newest) {
    const int64_t step = ours - highest_;
    taken_ = step >= kRemembered ? 0 : taken_ << step;
    highest_ = ours;
  }
  const int64_t back = highest_ - ours;
  if (back >= kRemembered || (taken_ & (uint64_t{1} << back)) != 0) return std::nullopt;
  taken_ |= uint64_t{1} << back;
  highestNumber_ = std::max(highestNumber_, number);
  const Place place{static_cast<uint16_t>(ours), timestamp + timestampOffset_, newest};
  if (newest) lastTimestamp_ = place.timestamp;
  return place;
}

void RelayStream::leaveOut(int64_t number) {
  if (number <= highestNumber_) return;
  highestNumber_ = number;
  offset_--;
}

bool RelayStream::setBack(int64_t number, uint32_t timestamp) const {
  return number > highestNumber_ && static_cast<int32_t>(timestamp + timestampOffset_ - lastTimestamp_) < 0;
}

}  // namespace interconnect
