#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "rtp/span.h"

namespace interconnect {

constexpr size_t kRtpHeaderBytes = 12;

/** One RTP packet (RFC 3550 §5.1). `payload` points into the datagram, without extension and padding. */
struct RtpPacket {
  bool marker = false;
  uint8_t payloadType = 0;
  uint16_t sequence = 0;
  uint32_t timestamp = 0;
  uint32_t ssrc = 0;
  Span payload;
};

/** RFC 3550 §5.1, bounds-checked; nothing when the datagram is not well-formed RTP version 2. */
std::optional<RtpPacket> parseRtp(Span datagram);

/**
 * Writes the fixed header of `packet` (no CSRC, no extension, no padding); the payload is not copied.
 * @param out12 room for kRtpHeaderBytes
 * @returns bytes written
 */
size_t writeRtpHeader(uint8_t* out12, const RtpPacket& packet);

/** RTP and RTCP on one port are told apart by the second byte: 192–223 is RTCP (RFC 5761 §4). */
bool isRtcp(Span datagram);

}  // namespace interconnect
