#include "srtp/counter-mode-transform.h"

#include <cstring>

#include "rtp/bytes.h"

namespace interconnect {
namespace {

constexpr size_t kRtcpTagBytes = 10;
constexpr size_t kIndexBytes = 4;
constexpr uint32_t kEncrypted = 0x80000000;

/** RFC 3711 §4.2: it follows the packet where the tag is made, and is not sent. */
struct RollOver {
  explicit RollOver(uint64_t index) { write32(bytes, static_cast<uint32_t>(index >> 16)); }
  Span span() const { return {bytes, sizeof bytes}; }
  uint8_t bytes[4];
};

}  // namespace

CounterModeTransform::CounterModeTransform(const SessionKeys& rtp, const SessionKeys& rtcp, const SrtpSuiteFacts& facts,
                                           const SrtpMki& mki)
    : rtp_(rtp, facts.keyBytes), rtcp_(rtcp, facts.keyBytes), rtpTagBytes_(facts.tagBytes), mki_(mki) {}

bool CounterModeTransform::Flow::apply(uint32_t ssrc, uint64_t index, const uint8_t* in, uint8_t* out, size_t size) {
  // §4.1.1: salt, SSRC and index, each set off, with two bytes left for the blocks.
  uint8_t counter[AesCounter::kBlockBytes] = {};
  std::memcpy(counter, salt.data(), salt.size());
  write32(counter + 4, read32(counter + 4) ^ ssrc);
  write16(counter + 8, static_cast<uint16_t>(read16(counter + 8) ^ (index >> 32)));
  write32(counter + 10, read32(counter + 10) ^ static_cast<uint32_t>(index));
  return cipher.apply(counter, in, out, size);
}

bool CounterModeTransform::Flow::hasTag(const uint8_t* tag, size_t tagBytes, Span message, Span more) const {
  uint8_t digest[HmacSha1::kDigestBytes];
  hmac.digest(message, more, digest);
  return CRYPTO_memcmp(tag, digest, tagBytes) == 0;
}

size_t CounterModeTransform::protectRtp(uint8_t* packet, size_t size, const SrtpHeader& header, uint64_t index) {
  uint8_t* const body = packet + header.bytes;
  if (!rtp_.apply(header.ssrc, index, body, body, size - header.bytes)) return 0;
  uint8_t digest[HmacSha1::kDigestBytes];
  rtp_.hmac.digest({packet, size}, RollOver(index).span(), digest);
  std::memcpy(mki_.write(packet + size), digest, rtpTagBytes_);
  return size + mki_.size + rtpTagBytes_;
}

std::optional<size_t> CounterModeTransform::openRtp(Span datagram, const SrtpHeader& header, uint64_t index, uint8_t* room) {
  const size_t trailer = mki_.size + rtpTagBytes_;
  if (datagram.size < header.bytes + trailer) return std::nullopt;
  const size_t size = datagram.size - trailer;
  const uint8_t* const end = datagram.data + size;
  if (!mki_.standsAt(end)) return std::nullopt;
  if (!rtp_.hasTag(end + mki_.size, rtpTagBytes_, {datagram.data, size}, RollOver(index).span())) return std::nullopt;
  std::memcpy(room, datagram.data, header.bytes);
  if (!rtp_.apply(header.ssrc, index, datagram.data + header.bytes, room + header.bytes, size - header.bytes)) return std::nullopt;
  return size;
}

size_t CounterModeTransform::protectRtcp(uint8_t* packet, size_t size, uint32_t index) {
  uint8_t* const body = packet + kRtcpHeaderBytes;
  if (!rtcp_.apply(read32(packet + 4), index, body, body, size - kRtcpHeaderBytes)) return 0;
  write32(packet + size, kEncrypted | index);
  uint8_t digest[HmacSha1::kDigestBytes];
  rtcp_.hmac.digest({packet, size + kIndexBytes}, {}, digest);
  std::memcpy(mki_.write(packet + size + kIndexBytes), digest, kRtcpTagBytes);
  return size + kIndexBytes + mki_.size + kRtcpTagBytes;
}

std::optional<uint32_t> CounterModeTransform::rtcpIndex(Span datagram) const {
  const size_t trailer = kIndexBytes + mki_.size + kRtcpTagBytes;
  if (datagram.size < kRtcpHeaderBytes + trailer) return std::nullopt;
  const uint32_t word = read32(datagram.data + datagram.size - trailer);
  if ((word & kEncrypted) == 0) return std::nullopt;
  return word & ~kEncrypted;
}

std::optional<size_t> CounterModeTransform::openRtcp(Span datagram, uint8_t* room) {
  const size_t size = datagram.size - (kIndexBytes + mki_.size + kRtcpTagBytes);
  const uint8_t* const end = datagram.data + size;
  if (!mki_.standsAt(end + kIndexBytes)) return std::nullopt;
  if (!rtcp_.hasTag(end + kIndexBytes + mki_.size, kRtcpTagBytes, {datagram.data, size + kIndexBytes}, {})) return std::nullopt;
  std::memcpy(room, datagram.data, kRtcpHeaderBytes);
  const uint32_t index = read32(end) & ~kEncrypted;
  if (!rtcp_.apply(read32(datagram.data + 4), index, datagram.data + kRtcpHeaderBytes, room + kRtcpHeaderBytes, size - kRtcpHeaderBytes)) {
    return std::nullopt;
  }
  return size;
}

}  // namespace interconnect
