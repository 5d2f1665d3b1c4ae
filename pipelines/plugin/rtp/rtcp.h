#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "clock/nanos.h"
#include "rtp/span.h"

namespace interconnect {

/** RFC 3550 §6.4.1: what one receiver says about one source. */
struct ReportBlock {
  uint32_t ssrc = 0;
  /** Lost since the last report, in 1/256. */
  uint8_t fractionLost = 0;
  /** Signed 24 bits on the wire. */
  int32_t cumulativeLost = 0;
  uint32_t highestSequence = 0;
  /** In units of the RTP clock. */
  uint32_t jitter = 0;
  /** Middle 32 bits of the NTP time of the last sender report, 0 when none came. */
  uint32_t lastSenderReport = 0;
  /** Time since then in 1/65536 s. */
  uint32_t delaySinceLastSenderReport = 0;
};

struct SenderInfo {
  uint64_t ntp = 0;
  uint32_t rtpTimestamp = 0;
  uint32_t packets = 0;
  uint32_t bytes = 0;
};

/** More blocks than these are of no use to a leg with one far end: they are checked and left out. */
constexpr size_t kMaxReportBlocks = 8;

/** What a leg wants to know of a compound packet. */
struct RtcpCompound {
  /** Sender of the first report. */
  uint32_t ssrc = 0;
  std::optional<SenderInfo> sender;
  std::array<ReportBlock, kMaxReportBlocks> blocks{};
  size_t blockCount = 0;
  bool bye = false;
};

/**
 * RFC 3550 §6 with the checks of A.2: version 2 throughout, SR or RR first, padding only in the last packet, lengths
 * that add up. SDES and unknown types are skipped. Nothing when any of it does not hold.
 */
std::optional<RtcpCompound> parseRtcp(Span datagram);

/** One compound packet of ours: SR when `sender` is set, else RR; SDES with CNAME; BYE on request. */
struct RtcpMessage {
  uint32_t ssrc = 0;
  std::optional<SenderInfo> sender;
  std::optional<ReportBlock> block;
  /** At most 255 bytes; what is longer is cut. */
  std::string_view cname;
  bool bye = false;
};

/** Room that any RtcpMessage fits into. */
constexpr size_t kMaxRtcpBytes = 360;

/** @returns bytes written, 0 when `capacity` is too small */
size_t writeRtcp(uint8_t* out, size_t capacity, const RtcpMessage& message);

/** NTP time stamp (32.32 seconds since 1900) of a Unix time. */
uint64_t ntpFromUnix(Nanos unixTime);

/** The middle 32 bits, as LSR carries them: 16.16 seconds. */
constexpr uint32_t ntpMiddle(uint64_t ntp) { return static_cast<uint32_t>(ntp >> 16); }

/** Length of time in 1/65536 s, as DLSR carries it. */
uint32_t ntpShort(Nanos duration);

/**
 * RFC 3550 §6.4.1: A − LSR − DLSR.
 * @param arrival middle 32 bits of the NTP time at which the block arrived
 * @returns nothing when the far end has had no sender report yet or when the figures cannot be true (a negative
 *   round trip, or one of more than a minute)
 */
std::optional<Nanos> roundTrip(uint32_t arrival, const ReportBlock& block);

}  // namespace interconnect
