// SHA_CTX can be copied without an allocation, which nothing that has replaced it can.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "srtp/hmac-sha1.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <cstring>

#include "srtp/secret.h"

namespace interconnect {
namespace {

void absorbPadded(SHA_CTX& state, Span key, uint8_t padding) {
  Secret<SHA_CBLOCK> block;
  std::memcpy(block.data(), key.data, std::min(key.size, block.size()));
  for (size_t i = 0; i < block.size(); i++) block.data()[i] ^= padding;
  SHA1_Init(&state);
  SHA1_Update(&state, block.data(), block.size());
}

}  // namespace

HmacSha1::HmacSha1(Span key) {
  absorbPadded(inner_, key, 0x36);
  absorbPadded(outer_, key, 0x5c);
}

HmacSha1::~HmacSha1() {
  OPENSSL_cleanse(&inner_, sizeof inner_);
  OPENSSL_cleanse(&outer_, sizeof outer_);
}

void HmacSha1::digest(Span message, Span more, uint8_t* out20) const {
  SHA_CTX state = inner_;
  SHA1_Update(&state, message.data, message.size);
  SHA1_Update(&state, more.data, more.size);
  SHA1_Final(out20, &state);
  state = outer_;
  SHA1_Update(&state, out20, kDigestBytes);
  SHA1_Final(out20, &state);
}

}  // namespace interconnect
