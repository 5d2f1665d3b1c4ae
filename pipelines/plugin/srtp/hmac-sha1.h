#pragma once
#include <openssl/sha.h>

#include <cstddef>
#include <cstdint>

#include "rtp/span.h"

namespace interconnect {

/**
 * HMAC-SHA1 (RFC 2104) under one key, of messages in two pieces. The hash of the padded key, half of the work on a short
 * packet, is made once; OpenSSL's EVP_MAC would allocate for each message.
 */
class HmacSha1 {
 public:
  static constexpr size_t kDigestBytes = 20;

  /** Of at most this many bytes; longer ones would have to be hashed first. */
  static constexpr size_t kMaxKeyBytes = 64;
  explicit HmacSha1(Span key);
  ~HmacSha1();
  HmacSha1(const HmacSha1&) = delete;
  HmacSha1& operator=(const HmacSha1&) = delete;

  void digest(Span message, Span more, uint8_t* out20) const;

 private:
  SHA_CTX inner_;
  SHA_CTX outer_;
};

}  // namespace interconnect
