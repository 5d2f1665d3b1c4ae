#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "ice/packet-pool.h"
#include "rtp/span.h"

namespace interconnect {

/** Packets out of a stream of bytes, in which the length of each stands before it in two bytes (RFC 4571 §2). */
class Deframer {
 public:
  static constexpr size_t kLengthBytes = 2;
  /** What is longer is skipped, as a datagram of that size is on UDP. */
  static constexpr size_t kMaxBytes = Packet::kMaxBytes;

  /**
   * Calls `take(Span)` for each packet that is complete now, empty ones and (empty, at once) those that are too long too;
   * it returns false when no more is wanted, then neither the rest of `bytes` nor this deframer is of use.
   */
  template <class Take>
  void put(Span bytes, const Take& take) {
    while (bytes.size > 0) {
      if (lengthBytes_ < kLengthBytes) {
        length_ = length_ << 8 | *bytes.data;
        lengthBytes_++;
        skip(bytes, 1);
        if (lengthBytes_ < kLengthBytes) continue;
        if (length_ > kMaxBytes || length_ == 0) {
          if (!take(Span{})) return;
        }
        if (length_ == 0) next();
        continue;
      }
      const size_t part = std::min(bytes.size, length_ - have_);
      const bool whole = part == length_;
      if (length_ <= kMaxBytes && !whole) std::copy_n(bytes.data, part, begun_.begin() + have_);
      have_ += part;
      const Span packet = whole ? Span{bytes.data, part} : Span{begun_.data(), have_};
      skip(bytes, part);
      if (have_ < length_) return;
      const bool wanted = length_ <= kMaxBytes;
      next();
      if (wanted && !take(packet)) return;
    }
  }

 private:
  static void skip(Span& bytes, size_t count) {
    bytes.data += count;
    bytes.size -= count;
  }
  void next() {
    lengthBytes_ = 0;
    length_ = 0;
    have_ = 0;
  }

  size_t lengthBytes_ = 0;
  size_t length_ = 0;
  /** Of the packet that has begun. */
  size_t have_ = 0;
  std::array<uint8_t, kMaxBytes> begun_;
};

}  // namespace interconnect
