#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "rtp/span.h"

namespace interconnect {

/** What a receiver of video says of the stream that it is sent (RFC 4585, RFC 5104). */
struct RtcpFeedback {
  static constexpr size_t kMaxLost = 512;

  /** Generic NACK, in the order of the message. */
  std::array<uint16_t, kMaxLost> lost;
  size_t lostCount = 0;
  /** PLI or FIR. */
  bool keyFrame = false;
  /** REMB, bit/s (draft-alvestrand-rmcat-remb-03). */
  std::optional<uint64_t> bitrate;
};

/**
 * Goes through a compound or reduced-size packet (RFC 5506).
 * @param ssrc of the stream that we send; feedback on others is passed over
 * @returns nothing when the lengths do not add up
 */
std::optional<RtcpFeedback> parseRtcpFeedback(Span datagram, uint32_t ssrc);

/** Each writes one packet to `out` and gives its bytes; 0 when `capacity` is too small. @param own the SSRC that speaks @param about the stream */
size_t writePictureLoss(uint8_t* out, size_t capacity, uint32_t own, uint32_t about);
/** @param lost ascending, modulo 2^16; as many of them as there is room for */
size_t writeNack(uint8_t* out, size_t capacity, uint32_t own, uint32_t about, const std::vector<uint16_t>& lost);
size_t writeBitrate(uint8_t* out, size_t capacity, uint32_t own, uint32_t about, uint64_t bitsPerSecond);

}  // namespace interconnect
