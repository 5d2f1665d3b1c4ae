#include "ice/stun-message.h"

#include <openssl/crypto.h>

#include <algorithm>

#include "rtp/bytes.h"
#include "srtp/hmac-sha1.h"

namespace interconnect {
namespace {

constexpr size_t kAttributeHeaderBytes = 4;
constexpr size_t kMaxPasswordBytes = 64;
constexpr uint16_t kFirstOptional = 0x8000;
constexpr uint32_t kFingerprintXor = 0x5354554e;

constexpr std::array<uint32_t, 256> crcTable() {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; bit++) value = (value & 1) != 0 ? 0xedb88320 ^ (value >> 1) : value >> 1;
    table[i] = value;
  }
  return table;
}
constexpr std::array<uint32_t, 256> kCrc = crcTable();

constexpr size_t padded(size_t size) { return (size + 3) & ~size_t{3}; }

/** Takes one attribute in; false when its length is not what it has to be. */
bool take(StunMessage& message, uint16_t type, Span value) {
  switch (type) {
    case kStunUsername:
      message.username = {reinterpret_cast<const char*>(value.data), value.size};
      return true;
    case kStunUseCandidate:
      message.useCandidate = true;
      return value.size == 0;
    case kStunIceControlled:
      message.controlled = true;
      return value.size == 8;
    case kStunIceControlling:
      return value.size == 8;
    case kStunPriority:
      return value.size == 4;
    default:
      if (type < kFirstOptional && message.unknownCount < message.unknown.size()) message.unknown[message.unknownCount++] = type;
      return true;
  }
}

}  // namespace

bool isStun(Span datagram) {
  return datagram.size >= kStunHeaderBytes && datagram.data[0] < 4 && read32(datagram.data + 4) == kStunCookie;
}

std::optional<StunMessage> parseStun(Span datagram) {
  if (!isStun(datagram)) return std::nullopt;
  const size_t length = read16(datagram.data + 2);
  if (length % 4 != 0 || length != datagram.size - kStunHeaderBytes) return std::nullopt;
  StunMessage message;
  message.type = read16(datagram.data);
  std::copy_n(datagram.data + 8, message.transaction.size(), message.transaction.begin());
  for (size_t at = kStunHeaderBytes; at < datagram.size;) {
    // Lengths are multiples of four, so a header always fits.
    const uint16_t type = read16(datagram.data + at);
    const size_t size = read16(datagram.data + at + 2);
    if (padded(size) > datagram.size - at - kAttributeHeaderBytes) return std::nullopt;
    const Span value{datagram.data + at + kAttributeHeaderBytes, size};
    if (type == kStunFingerprint) {
      const bool last = at + kAttributeHeaderBytes + size == datagram.size;
      if (size != 4 || !last || read32(value.data) != stunFingerprint({datagram.data, at})) return std::nullopt;
    } else if (type == kStunMessageIntegrity && !message.integrityAt) {
      if (size != HmacSha1::kDigestBytes) return std::nullopt;
      message.integrityAt = at;
    } else if (!message.integrityAt && !take(message, type, value)) {
      return std::nullopt;
    }
    at += kAttributeHeaderBytes + padded(size);
  }
  return message;
}

bool stunProven(const StunMessage& message, Span datagram, std::string_view password) {
  if (!message.integrityAt || password.empty() || password.size() > kMaxPasswordBytes) return false;
  const size_t at = *message.integrityAt;
  std::array<uint8_t, kStunHeaderBytes> header;
  std::copy_n(datagram.data, header.size(), header.begin());
  // As if the message ended with MESSAGE-INTEGRITY.
  write16(header.data() + 2, static_cast<uint16_t>(at + kAttributeHeaderBytes + HmacSha1::kDigestBytes - kStunHeaderBytes));
  const HmacSha1 hmac(Span{reinterpret_cast<const uint8_t*>(password.data()), password.size()});
  std::array<uint8_t, HmacSha1::kDigestBytes> digest;
  hmac.digest({header.data(), header.size()}, {datagram.data + kStunHeaderBytes, at - kStunHeaderBytes}, digest.data());
  return CRYPTO_memcmp(digest.data(), datagram.data + at + kAttributeHeaderBytes, digest.size()) == 0;
}

uint32_t stunFingerprint(Span bytes) {
  uint32_t crc = 0xffffffff;
  for (size_t i = 0; i < bytes.size; i++) crc = kCrc[(crc ^ bytes.data[i]) & 0xff] ^ (crc >> 8);
  return (crc ^ 0xffffffff) ^ kFingerprintXor;
}

}  // namespace interconnect
