#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>

#include "rtp/bytes.h"
#include "rtp/packet.h"
#include "rtp/span.h"

namespace interconnect {

/** What SRTP has to know of a packet: where the encrypted part begins, and the numbers. */
struct SrtpHeader {
  /** With contributing sources and extension, which stay in clear. */
  size_t bytes;
  uint16_t sequence;
  uint32_t ssrc;
};

/** Nothing when it is not RTP of version 2, or is shorter than its own header says. */
inline std::optional<SrtpHeader> parseSrtpHeader(Span packet) {
  if (packet.size < kRtpHeaderBytes || (packet.data[0] >> 6) != 2) return std::nullopt;
  size_t bytes = kRtpHeaderBytes + 4 * size_t{packet.data[0] & 0x0fu};
  if ((packet.data[0] & 0x10) != 0) {
    if (packet.size < bytes + 4) return std::nullopt;
    bytes += 4 + 4 * size_t{read16(packet.data + bytes + 2)};
  }
  if (packet.size < bytes) return std::nullopt;
  return SrtpHeader{bytes, read16(packet.data + 2), read32(packet.data + 8)};
}

}  // namespace interconnect
