#pragma once
#include <array>
#include <string_view>

#include "ice/stun-message.h"
#include "net/address.h"

namespace interconnect {

/** An answer to a connectivity check, complete with MESSAGE-INTEGRITY and FINGERPRINT. */
class StunAnswer {
 public:
  /** "I had it from there" (RFC 8445 §7.3). */
  static StunAnswer success(const StunMessage& request, const Address& from, std::string_view password);
  /** 420: there are attributes in it that must be understood (RFC 8489 §6.3.1). */
  static StunAnswer unknownAttributes(const StunMessage& request, std::string_view password);
  /** 487: both think that they are controlled, which a lite agent always is (RFC 8445 §7.3.1.1). */
  static StunAnswer roleConflict(const StunMessage& request, std::string_view password);

  Span bytes() const { return {bytes_.data(), size_}; }

 private:
  StunAnswer(uint16_t type, const StunMessage& request);
  uint8_t* attribute(uint16_t type, size_t size);
  void error(unsigned code, std::string_view reason);
  void finish(std::string_view password);

  std::array<uint8_t, 128> bytes_{};
  size_t size_ = kStunHeaderBytes;
};

}  // namespace interconnect
