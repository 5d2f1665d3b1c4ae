#include "rtp/rtcp.h"

#include <algorithm>
#include <cstring>

#include "rtp/bytes.h"

namespace interconnect {
namespace {

constexpr uint8_t kSenderReport = 200;
constexpr uint8_t kReceiverReport = 201;
constexpr uint8_t kSourceDescription = 202;
constexpr uint8_t kBye = 203;
constexpr uint8_t kCname = 1;
constexpr size_t kHeaderBytes = 8;
constexpr size_t kSenderInfoBytes = 20;
constexpr size_t kBlockBytes = 24;
constexpr size_t kMaxCname = 255;
// Seconds from 1900 (NTP) to 1970 (Unix).
constexpr uint64_t kNtpToUnix = 2'208'988'800;

ReportBlock readBlock(const uint8_t* p) {
  ReportBlock block;
  block.ssrc = read32(p);
  block.fractionLost = p[4];
  const auto lost = static_cast<int32_t>(read32(p + 4) & 0xffffff);
  block.cumulativeLost = lost >= 0x800000 ? lost - 0x1000000 : lost;
  block.highestSequence = read32(p + 8);
  block.jitter = read32(p + 12);
  block.lastSenderReport = read32(p + 16);
  block.delaySinceLastSenderReport = read32(p + 20);
  return block;
}

SenderInfo readSenderInfo(const uint8_t* p) {
  SenderInfo info;
  info.ntp = (uint64_t{read32(p)} << 32) | read32(p + 4);
  info.rtpTimestamp = read32(p + 8);
  info.packets = read32(p + 12);
  info.bytes = read32(p + 16);
  return info;
}

/** One SR or RR of `size` bytes; its blocks are added to what `compound` has. */
bool readReport(const uint8_t* p, size_t size, RtcpCompound& compound) {
  const bool isSender = p[1] == kSenderReport;
  const size_t blocks = p[0] & 0x1f;
  const size_t begin = kHeaderBytes + (isSender ? kSenderInfoBytes : 0);
  // Profile-specific extensions may follow the blocks.
  if (size < begin + blocks * kBlockBytes) return false;
  if (isSender) compound.sender = readSenderInfo(p + kHeaderBytes);
  for (size_t i = 0; i < blocks && compound.blockCount < kMaxReportBlocks; ++i) {
    compound.blocks[compound.blockCount++] = readBlock(p + begin + i * kBlockBytes);
  }
  return true;
}

void writeBlock(uint8_t* p, const ReportBlock& block) {
  const int32_t lost = std::clamp(block.cumulativeLost, -0x800000, 0x7fffff);
  write32(p, block.ssrc);
  write32(p + 4, (uint32_t{block.fractionLost} << 24) | (static_cast<uint32_t>(lost) & 0xffffff));
  write32(p + 8, block.highestSequence);
  write32(p + 12, block.jitter);
  write32(p + 16, block.lastSenderReport);
  write32(p + 20, block.delaySinceLastSenderReport);
}

void writeHeader(uint8_t* p, size_t count, uint8_t type, size_t bytes) {
  p[0] = static_cast<uint8_t>(0x80 | count);
  p[1] = type;
  write16(p + 2, static_cast<uint16_t>(bytes / 4 - 1));
}

size_t writeReport(uint8_t* p, const RtcpMessage& message) {
  const size_t begin = kHeaderBytes + (message.sender ? kSenderInfoBytes : 0);
  const size_t bytes = begin + (message.block ? kBlockBytes : 0);
  writeHeader(p, message.block ? 1 : 0, message.sender ? kSenderReport : kReceiverReport, bytes);
  write32(p + 4, message.ssrc);
  if (message.sender) {
    write32(p + 8, static_cast<uint32_t>(message.sender->ntp >> 32));
    write32(p + 12, static_cast<uint32_t>(message.sender->ntp));
    write32(p + 16, message.sender->rtpTimestamp);
    write32(p + 20, message.sender->packets);
    write32(p + 24, message.sender->bytes);
  }
  if (message.block) writeBlock(p + begin, *message.block);
  return bytes;
}

/** Bytes of an SDES packet with one chunk: its items end with at least one zero, up to the next multiple of four. */
size_t descriptionBytes(size_t cname) { return kHeaderBytes + (2 + cname + 1 + 3) / 4 * 4; }

size_t writeDescription(uint8_t* p, uint32_t ssrc, std::string_view cname) {
  const size_t bytes = descriptionBytes(cname.size());
  std::memset(p, 0, bytes);
  writeHeader(p, 1, kSourceDescription, bytes);
  write32(p + 4, ssrc);
  p[8] = kCname;
  p[9] = static_cast<uint8_t>(cname.size());
  std::copy(cname.begin(), cname.end(), p + 10);
  return bytes;
}

}  // namespace

std::optional<RtcpCompound> parseRtcp(Span datagram) {
  RtcpCompound compound;
  size_t at = 0;
  while (at < datagram.size) {
    const uint8_t* p = datagram.data + at;
    const size_t left = datagram.size - at;
    if (left < 4 || (p[0] >> 6) != 2) return std::nullopt;
    size_t size = size_t{4} * (read16(p + 2) + size_t{1});
    if (size > left) return std::nullopt;
    at += size;

    const uint8_t type = p[1];
    const bool isReport = type == kSenderReport || type == kReceiverReport;
    if (p == datagram.data && !isReport) return std::nullopt;
    if ((p[0] & 0x20) != 0) {
      const size_t padding = p[size - 1];
      if (at != datagram.size || padding == 0 || padding % 4 != 0 || padding > size - 4) return std::nullopt;
      size -= padding;
    }
    if (isReport) {
      if (size < kHeaderBytes || !readReport(p, size, compound)) return std::nullopt;
      if (p == datagram.data) compound.ssrc = read32(p + 4);
    }
    compound.bye = compound.bye || type == kBye;
  }
  if (datagram.size == 0) return std::nullopt;
  return compound;
}

size_t writeRtcp(uint8_t* out, size_t capacity, const RtcpMessage& message) {
  const std::string_view cname = message.cname.substr(0, kMaxCname);
  const size_t needed = kHeaderBytes + (message.sender ? kSenderInfoBytes : 0) + (message.block ? kBlockBytes : 0) +
                        descriptionBytes(cname.size()) + (message.bye ? kHeaderBytes : 0);
  if (needed > capacity) return 0;
  size_t at = writeReport(out, message);
  at += writeDescription(out + at, message.ssrc, cname);
  if (message.bye) {
    writeHeader(out + at, 1, kBye, kHeaderBytes);
    write32(out + at + 4, message.ssrc);
    at += kHeaderBytes;
  }
  return at;
}

uint64_t ntpFromUnix(Nanos unixTime) {
  const auto time = static_cast<uint64_t>(unixTime);
  const uint64_t seconds = time / kSecond + kNtpToUnix;
  const uint64_t fraction = ((time % kSecond) << 32) / kSecond;
  return (seconds << 32) | fraction;
}

uint32_t ntpShort(Nanos duration) {
  const Nanos bounded = std::clamp<Nanos>(duration, 0, 65535 * kSecond);
  return static_cast<uint32_t>((static_cast<uint64_t>(bounded) << 16) / kSecond);
}

std::optional<Nanos> roundTrip(uint32_t arrival, const ReportBlock& block) {
  if (block.lastSenderReport == 0) return std::nullopt;
  // Modulo 2^32: the middle bits wrap every 18 hours.
  const uint32_t units = arrival - block.lastSenderReport - block.delaySinceLastSenderReport;
  constexpr uint32_t kMinute = 60u << 16;
  if (units > kMinute) return std::nullopt;
  return static_cast<Nanos>((uint64_t{units} * kSecond) >> 16);
}

}  // namespace interconnect
