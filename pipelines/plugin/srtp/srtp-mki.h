#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace interconnect {

/** The master key identifier that stands in each packet of a key that has one (RFC 3711 §3.1); none has no bytes. */
struct SrtpMki {
  /** RFC 4568 §6.1 allows 128; whoever counts keys needs no more than these. */
  static constexpr size_t kMaxBytes = 4;

  /** @param size at most kMaxBytes; the value's low bytes, in network order */
  static SrtpMki of(uint32_t value, size_t size) {
    SrtpMki mki;
    mki.size = size;
    for (size_t i = size; i > 0; i--, value >>= 8) mki.bytes[i - 1] = static_cast<uint8_t>(value);
    return mki;
  }

  bool standsAt(const uint8_t* place) const { return std::memcmp(place, bytes, size) == 0; }
  /** @returns what is behind it */
  uint8_t* write(uint8_t* place) const {
    std::memcpy(place, bytes, size);
    return place + size;
  }
  bool operator==(const SrtpMki& other) const { return size == other.size && other.standsAt(bytes); }

  uint8_t bytes[kMaxBytes] = {};
  size_t size = 0;
};

}  // namespace interconnect
