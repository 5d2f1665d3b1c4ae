#pragma once
#include <array>
#include <optional>
#include <string_view>

#include "rtp/span.h"

namespace interconnect {

/** Attribute types (RFC 8489 §18.3, RFC 8445 §16.1). */
enum StunAttribute : uint16_t {
  kStunUsername = 0x0006,
  kStunMessageIntegrity = 0x0008,
  kStunErrorCode = 0x0009,
  kStunUnknownAttributes = 0x000a,
  kStunXorMappedAddress = 0x0020,
  kStunPriority = 0x0024,
  kStunUseCandidate = 0x0025,
  kStunFingerprint = 0x8028,
  kStunIceControlled = 0x8029,
  kStunIceControlling = 0x802a,
};

constexpr size_t kStunHeaderBytes = 20;
constexpr uint32_t kStunCookie = 0x2112a442;
constexpr uint16_t kStunBindingRequest = 0x0001;
constexpr uint16_t kStunBindingIndication = 0x0011;
constexpr uint16_t kStunBindingSuccess = 0x0101;
constexpr uint16_t kStunBindingError = 0x0111;

using StunTransaction = std::array<uint8_t, 12>;

/** What of a STUN message (RFC 8489 §5) ICE asks for. Views point into the datagram. */
struct StunMessage {
  uint16_t type = 0;
  StunTransaction transaction{};
  std::string_view username;
  bool useCandidate = false;
  bool controlled = false;
  /** Where MESSAGE-INTEGRITY begins, from the start of the datagram; nothing without it. What follows it is not protected. */
  std::optional<size_t> integrityAt;
  /** Attributes that must be understood and are not (RFC 8489 §14): the first few. */
  std::array<uint16_t, 4> unknown{};
  size_t unknownCount = 0;
};

/** STUN among what shares its port (RFC 7983 §7, RFC 8489 §5). */
bool isStun(Span datagram);

/** Nothing when it is malformed, or its FINGERPRINT is wrong. Attributes behind MESSAGE-INTEGRITY are passed over (RFC 8489 §14.5). */
std::optional<StunMessage> parseStun(Span datagram);

/** Whether whoever sent it knows the password (RFC 8489 §9.1.3); in constant time. @param password 64 bytes at most */
bool stunProven(const StunMessage& message, Span datagram, std::string_view password);

/** FINGERPRINT's value of the bytes before it (RFC 8489 §14.7). */
uint32_t stunFingerprint(Span bytes);

}  // namespace interconnect
