#pragma once
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "ice/stun-message.h"
#include "rtp/bytes.h"
#include "srtp/hmac-sha1.h"

namespace interconnect {

/** A connectivity check, put together attribute by attribute as a far end would. */
class StunRequest {
 public:
  using Bytes = std::vector<uint8_t>;

  explicit StunRequest(uint16_t type = kStunBindingRequest) : bytes(kStunHeaderBytes) {
    write16(bytes.data(), type);
    write32(bytes.data() + 4, kStunCookie);
    static uint32_t transactions = 0;
    write32(bytes.data() + 8, transactions++);
  }

  StunRequest& add(uint16_t type, const Bytes& value) {
    const size_t at = bytes.size();
    bytes.resize(at + 4 + ((value.size() + 3) & ~size_t{3}));
    write16(bytes.data() + at, type);
    write16(bytes.data() + at + 2, static_cast<uint16_t>(value.size()));
    std::copy(value.begin(), value.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at + 4));
    write16(bytes.data() + 2, static_cast<uint16_t>(bytes.size() - kStunHeaderBytes));
    return *this;
  }

  StunRequest& username(const std::string& name) { return add(kStunUsername, Bytes(name.begin(), name.end())); }

  StunRequest& integrity(const std::string& password) {
    const size_t before = bytes.size();
    add(kStunMessageIntegrity, Bytes(HmacSha1::kDigestBytes));
    HmacSha1(Span{reinterpret_cast<const uint8_t*>(password.data()), password.size()})
        .digest({bytes.data(), before}, {}, bytes.data() + before + 4);
    return *this;
  }

  StunRequest& fingerprint() {
    const size_t before = bytes.size();
    add(kStunFingerprint, Bytes(4));
    write32(bytes.data() + before + 4, stunFingerprint({bytes.data(), before}));
    return *this;
  }

  /** What a controlling browser sends. */
  static Bytes check(const std::string& username, const std::string& password, bool nominates = true) {
    StunRequest request;
    request.username(username).add(kStunIceControlling, Bytes(8, 7)).add(kStunPriority, {0x6e, 0, 1, 0xff});
    if (nominates) request.add(kStunUseCandidate, {});
    return request.integrity(password).fingerprint().bytes;
  }

  Span span() const { return {bytes.data(), bytes.size()}; }

  Bytes bytes;
};

}  // namespace interconnect
