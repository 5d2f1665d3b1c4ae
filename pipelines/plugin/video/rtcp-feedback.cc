#include "video/rtcp-feedback.h"

#include <cstring>

#include "rtp/bytes.h"

namespace interconnect {
namespace {

constexpr uint8_t kTransportFeedback = 205;
constexpr uint8_t kPayloadFeedback = 206;
constexpr uint8_t kNack = 1;
constexpr uint8_t kPictureLoss = 1;
constexpr uint8_t kFullIntra = 4;
constexpr uint8_t kApplicationLayer = 15;
/** Common header, and whose stream it is about. */
constexpr size_t kHeaderBytes = 12;
constexpr char kRemb[4] = {'R', 'E', 'M', 'B'};

void readNack(Span fields, RtcpFeedback& feedback) {
  for (size_t at = 0; at + 4 <= fields.size; at += 4) {
    const uint16_t first = read16(fields.data + at);
    const uint16_t following = read16(fields.data + at + 2);
    for (unsigned i = 0; i <= 16; i++) {
      if (i > 0 && (following >> (i - 1) & 1) == 0) continue;
      if (feedback.lostCount == RtcpFeedback::kMaxLost) return;
      feedback.lost[feedback.lostCount++] = static_cast<uint16_t>(first + i);
    }
  }
}

/** FIR names the streams in its entries: the header's field is zero (RFC 5104 §4.3.1.2). */
bool namesIntra(Span entries, uint32_t ssrc) {
  for (size_t at = 0; at + 8 <= entries.size; at += 8) {
    if (read32(entries.data + at) == ssrc) return true;
  }
  return false;
}

std::optional<uint64_t> readRemb(Span fields, uint32_t ssrc) {
  if (fields.size < 8 || std::memcmp(fields.data, kRemb, sizeof kRemb) != 0) return std::nullopt;
  const size_t count = fields.data[4];
  if (fields.size < 8 + 4 * count) return std::nullopt;
  const unsigned exponent = fields.data[5] >> 2;
  const uint64_t mantissa = (uint64_t{fields.data[5] & 3u} << 16) | read16(fields.data + 6);
  for (size_t i = 0; i < count; i++) {
    if (read32(fields.data + 8 + 4 * i) != ssrc) continue;
    // More than anybody sends; the shift must not lose what it says.
    return exponent > 40 ? uint64_t{1} << 40 : mantissa << exponent;
  }
  return std::nullopt;
}

void readPacket(uint8_t type, uint8_t format, Span packet, uint32_t ssrc, RtcpFeedback& feedback) {
  const bool about = read32(packet.data + 8) == ssrc;
  const Span fields{packet.data + kHeaderBytes, packet.size - kHeaderBytes};
  if (type == kTransportFeedback) {
    if (format == kNack && about) readNack(fields, feedback);
    return;
  }
  if (format == kPictureLoss) feedback.keyFrame = feedback.keyFrame || about;
  else if (format == kFullIntra) feedback.keyFrame = feedback.keyFrame || namesIntra(fields, ssrc);
  else if (format == kApplicationLayer) {
    if (const auto bitrate = readRemb(fields, ssrc)) feedback.bitrate = bitrate;
  }
}

void writeHeader(uint8_t* out, uint8_t type, uint8_t format, size_t bytes, uint32_t own, uint32_t about) {
  out[0] = static_cast<uint8_t>(0x80 | format);
  out[1] = type;
  write16(out + 2, static_cast<uint16_t>(bytes / 4 - 1));
  write32(out + 4, own);
  write32(out + 8, about);
}

}  // namespace

std::optional<RtcpFeedback> parseRtcpFeedback(Span datagram, uint32_t ssrc) {
  RtcpFeedback feedback;
  for (size_t at = 0; at < datagram.size;) {
    if (datagram.size - at < 4) return std::nullopt;
    const uint8_t* p = datagram.data + at;
    const size_t bytes = size_t{4} * (size_t{read16(p + 2)} + 1);
    if ((p[0] >> 6) != 2 || bytes > datagram.size - at) return std::nullopt;
    const bool isFeedback = p[1] == kTransportFeedback || p[1] == kPayloadFeedback;
    if (isFeedback && bytes >= kHeaderBytes) readPacket(p[1], p[0] & 0x1f, {p, bytes}, ssrc, feedback);
    at += bytes;
  }
  return feedback;
}

size_t writePictureLoss(uint8_t* out, size_t capacity, uint32_t own, uint32_t about) {
  if (capacity < kHeaderBytes) return 0;
  writeHeader(out, kPayloadFeedback, kPictureLoss, kHeaderBytes, own, about);
  return kHeaderBytes;
}

size_t writeNack(uint8_t* out, size_t capacity, uint32_t own, uint32_t about, const std::vector<uint16_t>& lost) {
  if (lost.empty() || capacity < kHeaderBytes + 4) return 0;
  size_t bytes = kHeaderBytes;
  for (size_t i = 0; i < lost.size() && bytes + 4 <= capacity; bytes += 4) {
    const uint16_t first = lost[i++];
    uint16_t following = 0;
    for (; i < lost.size(); i++) {
      const auto distance = static_cast<uint16_t>(lost[i] - first);
      if (distance == 0 || distance > 16) break;
      following = static_cast<uint16_t>(following | 1u << (distance - 1));
    }
    write16(out + bytes, first);
    write16(out + bytes + 2, following);
  }
  writeHeader(out, kTransportFeedback, kNack, bytes, own, about);
  return bytes;
}

size_t writeBitrate(uint8_t* out, size_t capacity, uint32_t own, uint32_t about, uint64_t bitsPerSecond) {
  constexpr size_t kBytes = kHeaderBytes + 12;
  if (capacity < kBytes) return 0;
  // RFC-to-be §2.2: the header names no stream.
  writeHeader(out, kPayloadFeedback, kApplicationLayer, kBytes, own, 0);
  std::memcpy(out + 12, kRemb, sizeof kRemb);
  unsigned exponent = 0;
  while (bitsPerSecond >> exponent > 0x3ffff) exponent++;
  const auto mantissa = static_cast<uint32_t>(bitsPerSecond >> exponent);
  write32(out + 16, uint32_t{1} << 24 | exponent << 18 | mantissa);
  write32(out + 20, about);
  return kBytes;
}

}  // namespace interconnect
