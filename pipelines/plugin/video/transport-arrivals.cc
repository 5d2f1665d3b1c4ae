#include "video/transport-arrivals.h"

#include <algorithm>

#include "rtp/bytes.h"

namespace interconnect {
namespace {

constexpr Nanos kBetween = 60 * kMillisecond;
/** More than come in that time at 50 Mbit/s. */
constexpr size_t kMaxPending = 1024;
/** A hole that is larger is another count. */
constexpr int64_t kMaxHole = 256;

constexpr uint8_t kFormat = 0x80 | 15;
constexpr uint8_t kTransportFeedback = 205;
/** Up to and with the count of feedback packets. */
constexpr size_t kHeaderBytes = 20;
constexpr Nanos kReferenceUnit = 64 * kMillisecond;
constexpr Nanos kDeltaUnit = 250'000;

/** Symbols of a packet's status. */
constexpr uint8_t kMissing = 0;
constexpr uint8_t kSmallDelta = 1;
constexpr uint8_t kLargeDelta = 2;
constexpr size_t kVectorSymbols = 7;
constexpr size_t kMaxRun = 0x1fff;

/** As many symbols as there is surely room for, each with a large delta and in the longest of chunks. */
size_t symbolsIn(size_t capacity) {
  constexpr size_t kSpare = kHeaderBytes + 2 + 3;
  return capacity < kSpare ? 0 : (capacity - kSpare) * kVectorSymbols / (2 * kVectorSymbols + 2);
}

/** @returns bytes */
size_t writeChunks(uint8_t* out, const std::vector<uint8_t>& symbols) {
  size_t bytes = 0;
  for (size_t i = 0; i < symbols.size();) {
    size_t run = 1;
    while (i + run < symbols.size() && symbols[i + run] == symbols[i] && run < kMaxRun) run++;
    if (run >= kVectorSymbols) {
      write16(out + bytes, static_cast<uint16_t>(symbols[i] << 13 | run));
      i += run;
    } else {
      unsigned vector = 0xc000;
      for (size_t k = 0; k < kVectorSymbols && i < symbols.size(); k++, i++) vector |= static_cast<unsigned>(symbols[i]) << (12 - 2 * k);
      write16(out + bytes, static_cast<uint16_t>(vector));
    }
    bytes += 2;
  }
  return bytes;
}

}  // namespace

void TransportArrivals::came(uint16_t sequence, Nanos arrival) {
  int64_t number = sequence;
  if (highest_) number = *highest_ + static_cast<int16_t>(sequence - static_cast<uint16_t>(*highest_));
  if (!highest_ || number - *highest_ > kMaxHole) {
    pending_.clear();
    next_ = number;
    highest_ = number;
  }
  // What was told to be missing stays so.
  if (number < next_ || pending_.size() == kMaxPending) return;
  highest_ = std::max(*highest_, number);
  const auto place = std::lower_bound(pending_.begin(), pending_.end(), number, [](const Arrival& a, int64_t n) { return a.number < n; });
  if (place == pending_.end() || place->number != number) pending_.insert(place, {number, arrival});
}

size_t TransportArrivals::write(uint8_t* out, size_t capacity, uint32_t own, uint32_t about, Nanos now) {
  if (pending_.empty() || now < due_) return 0;
  due_ = now + kBetween;
  const size_t room = symbolsIn(capacity);
  const int64_t base = next_;
  const int64_t reference = pending_.front().at / kReferenceUnit;
  int64_t time = reference * (kReferenceUnit / kDeltaUnit);
  std::vector<uint8_t> symbols;
  std::vector<uint8_t> deltas;
  size_t told = 0;
  for (; told < pending_.size(); told++) {
    const Arrival& arrival = pending_[told];
    const auto missing = static_cast<size_t>(arrival.number - next_);
    const int64_t delta = arrival.at / kDeltaUnit - time;
    if (symbols.size() + missing + 1 > room || delta < INT16_MIN || delta > INT16_MAX) break;
    symbols.insert(symbols.end(), missing, kMissing);
    const bool small = delta >= 0 && delta <= UINT8_MAX;
    symbols.push_back(small ? kSmallDelta : kLargeDelta);
    if (!small) deltas.push_back(static_cast<uint8_t>(static_cast<uint16_t>(delta) >> 8));
    deltas.push_back(static_cast<uint8_t>(delta));
    time += delta;
    next_ = arrival.number + 1;
  }
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(told));
  if (told == 0) return 0;

  size_t bytes = kHeaderBytes;
  bytes += writeChunks(out + bytes, symbols);
  bytes = static_cast<size_t>(std::copy(deltas.begin(), deltas.end(), out + bytes) - out);
  // Filled up with zeros (§3.1), not by RTCP's padding: something may follow.
  while (bytes % 4 != 0) out[bytes++] = 0;
  out[0] = kFormat;
  out[1] = kTransportFeedback;
  write16(out + 2, static_cast<uint16_t>(bytes / 4 - 1));
  write32(out + 4, own);
  write32(out + 8, about);
  write16(out + 12, static_cast<uint16_t>(base));
  write16(out + 14, static_cast<uint16_t>(symbols.size()));
  write32(out + 16, static_cast<uint32_t>(reference) << 8 | count_++);
  return bytes;
}

}  // namespace interconnect
