#include "srtp/gcm-transform.h"

#include <cstring>

#include "rtp/bytes.h"

namespace interconnect {
namespace {

constexpr size_t kIndexBytes = 4;
constexpr uint32_t kEncrypted = 0x80000000;

/** RFC 7714 §8.1 and §9.1: two zero bytes, SSRC and index, each set off, by the salt. */
struct Iv {
  Iv(const Secret<14>& salt, uint32_t ssrc, uint64_t index) {
    std::memcpy(bytes, salt.data(), sizeof bytes);
    write32(bytes + 2, read32(bytes + 2) ^ ssrc);
    write16(bytes + 6, static_cast<uint16_t>(read16(bytes + 6) ^ (index >> 32)));
    write32(bytes + 8, read32(bytes + 8) ^ static_cast<uint32_t>(index));
  }
  uint8_t bytes[AesGcm::kIvBytes];
};

AesGcm cipherOf(const SessionKeys& keys, const SrtpSuiteFacts& facts, SrtpDirection direction) {
  return {keys.cipher.data(), facts.keyBytes, direction == SrtpDirection::Protect ? AesGcm::Direction::Seal : AesGcm::Direction::Open};
}

}  // namespace

GcmTransform::GcmTransform(const SessionKeys& rtp, const SessionKeys& rtcp, const SrtpSuiteFacts& facts, const SrtpMki& mki,
                           SrtpDirection direction)
    : rtp_(cipherOf(rtp, facts, direction)),
      rtcp_(cipherOf(rtcp, facts, direction)),
      rtpSalt_(rtp.salt),
      rtcpSalt_(rtcp.salt),
      mki_(mki) {}

size_t GcmTransform::protectRtp(uint8_t* packet, size_t size, const SrtpHeader& header, uint64_t index) {
  const Iv iv(rtpSalt_, header.ssrc, index);
  if (!rtp_.seal(iv.bytes, {packet, header.bytes}, {}, packet + header.bytes, size - header.bytes)) return 0;
  mki_.write(packet + size + AesGcm::kTagBytes);
  return size + AesGcm::kTagBytes + mki_.size;
}

std::optional<size_t> GcmTransform::openRtp(Span datagram, const SrtpHeader& header, uint64_t index, uint8_t* room) {
  const size_t trailer = AesGcm::kTagBytes + mki_.size;
  if (datagram.size < header.bytes + trailer) return std::nullopt;
  const size_t size = datagram.size - trailer;
  if (!mki_.standsAt(datagram.data + size + AesGcm::kTagBytes)) return std::nullopt;
  const Iv iv(rtpSalt_, header.ssrc, index);
  const Span text{datagram.data + header.bytes, size - header.bytes};
  if (!rtp_.open(iv.bytes, {datagram.data, header.bytes}, {}, text, room + header.bytes)) return std::nullopt;
  std::memcpy(room, datagram.data, header.bytes);
  return size;
}

size_t GcmTransform::protectRtcp(uint8_t* packet, size_t size, uint32_t index) {
  const Iv iv(rtcpSalt_, read32(packet + 4), index);
  uint8_t* const word = packet + size + AesGcm::kTagBytes;
  write32(word, kEncrypted | index);
  if (!rtcp_.seal(iv.bytes, {packet, kRtcpHeaderBytes}, {word, kIndexBytes}, packet + kRtcpHeaderBytes, size - kRtcpHeaderBytes)) return 0;
  mki_.write(word + kIndexBytes);
  return size + AesGcm::kTagBytes + kIndexBytes + mki_.size;
}

std::optional<uint32_t> GcmTransform::rtcpIndex(Span datagram) const {
  if (datagram.size < kRtcpHeaderBytes + AesGcm::kTagBytes + kIndexBytes + mki_.size) return std::nullopt;
  const uint32_t word = read32(datagram.data + datagram.size - mki_.size - kIndexBytes);
  if ((word & kEncrypted) == 0) return std::nullopt;
  return word & ~kEncrypted;
}

std::optional<size_t> GcmTransform::openRtcp(Span datagram, uint8_t* room) {
  const size_t size = datagram.size - (AesGcm::kTagBytes + kIndexBytes + mki_.size);
  const uint8_t* const word = datagram.data + size + AesGcm::kTagBytes;
  if (!mki_.standsAt(word + kIndexBytes)) return std::nullopt;
  const Iv iv(rtcpSalt_, read32(datagram.data + 4), read32(word) & ~kEncrypted);
  const Span text{datagram.data + kRtcpHeaderBytes, size - kRtcpHeaderBytes};
  if (!rtcp_.open(iv.bytes, {datagram.data, kRtcpHeaderBytes}, {word, kIndexBytes}, text, room + kRtcpHeaderBytes)) return std::nullopt;
  std::memcpy(room, datagram.data, kRtcpHeaderBytes);
  return size;
}

}  // namespace interconnect
