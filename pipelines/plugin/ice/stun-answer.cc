#include "ice/stun-answer.h"

#include <algorithm>
#include <cstring>

#include "rtp/bytes.h"
#include "srtp/hmac-sha1.h"

namespace interconnect {
namespace {

constexpr size_t kAttributeHeaderBytes = 4;
constexpr uint8_t kIpv4 = 1;
constexpr uint8_t kIpv6 = 2;

}  // namespace

StunAnswer::StunAnswer(uint16_t type, const StunMessage& request) {
  write16(bytes_.data(), type);
  write32(bytes_.data() + 4, kStunCookie);
  std::copy(request.transaction.begin(), request.transaction.end(), bytes_.begin() + 8);
}

/** Where its value belongs; padding stays zero. All that is ever written fits. */
uint8_t* StunAnswer::attribute(uint16_t type, size_t size) {
  uint8_t* at = bytes_.data() + size_;
  write16(at, type);
  write16(at + 2, static_cast<uint16_t>(size));
  size_ += kAttributeHeaderBytes + ((size + 3) & ~size_t{3});
  return at + kAttributeHeaderBytes;
}

void StunAnswer::error(unsigned code, std::string_view reason) {
  uint8_t* value = attribute(kStunErrorCode, 4 + reason.size());
  value[2] = static_cast<uint8_t>(code / 100);
  value[3] = static_cast<uint8_t>(code % 100);
  std::copy(reason.begin(), reason.end(), value + 4);
}

void StunAnswer::finish(std::string_view password) {
  constexpr size_t kIntegrityBytes = kAttributeHeaderBytes + HmacSha1::kDigestBytes;
  const size_t before = size_;
  uint8_t* integrity = attribute(kStunMessageIntegrity, HmacSha1::kDigestBytes);
  write16(bytes_.data() + 2, static_cast<uint16_t>(before + kIntegrityBytes - kStunHeaderBytes));
  HmacSha1(Span{reinterpret_cast<const uint8_t*>(password.data()), password.size()}).digest({bytes_.data(), before}, {}, integrity);
  const size_t protectedBytes = size_;
  uint8_t* fingerprint = attribute(kStunFingerprint, 4);
  write16(bytes_.data() + 2, static_cast<uint16_t>(size_ - kStunHeaderBytes));
  write32(fingerprint, stunFingerprint({bytes_.data(), protectedBytes}));
}

StunAnswer StunAnswer::success(const StunMessage& request, const Address& from, std::string_view password) {
  StunAnswer answer(kStunBindingSuccess, request);
  const bool v4 = from.family() == AF_INET;
  const size_t hostBytes = v4 ? 4 : 16;
  uint8_t* value = answer.attribute(kStunXorMappedAddress, 4 + hostBytes);
  value[1] = v4 ? kIpv4 : kIpv6;
  write16(value + 2, static_cast<uint16_t>(from.port() ^ (kStunCookie >> 16)));
  std::memcpy(value + 4, from.hostBytes(), hostBytes);
  // RFC 8489 §14.2: XORed with cookie and transaction, which stand behind each other in the header.
  for (size_t i = 0; i < hostBytes; i++) value[4 + i] ^= answer.bytes_[4 + i];
  answer.finish(password);
  return answer;
}

StunAnswer StunAnswer::unknownAttributes(const StunMessage& request, std::string_view password) {
  StunAnswer answer(kStunBindingError, request);
  answer.error(420, "Unknown Attribute");
  uint8_t* value = answer.attribute(kStunUnknownAttributes, 2 * request.unknownCount);
  for (size_t i = 0; i < request.unknownCount; i++) write16(value + 2 * i, request.unknown[i]);
  answer.finish(password);
  return answer;
}

StunAnswer StunAnswer::roleConflict(const StunMessage& request, std::string_view password) {
  StunAnswer answer(kStunBindingError, request);
  answer.error(487, "Role Conflict");
  answer.finish(password);
  return answer;
}

}  // namespace interconnect
