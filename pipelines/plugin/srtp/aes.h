#pragma once
#include <openssl/evp.h>

#include <cstddef>
#include <cstdint>
#include <memory>

#include "rtp/span.h"

namespace interconnect {

struct CipherRelease {
  /** OpenSSL wipes the key in it. */
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, CipherRelease>;

/** AES in counter mode under one key: the key schedule is made once, each message brings its first counter block. */
class AesCounter {
 public:
  static constexpr size_t kBlockBytes = 16;

  /** @param keyBytes 16 or 32 @throws SrtpFailure */
  AesCounter(const uint8_t* key, size_t keyBytes);
  /** `out` may be `in`. @returns false, with nothing to be relied on in `out`, when OpenSSL fails */
  bool apply(const uint8_t* counter16, const uint8_t* in, uint8_t* out, size_t size);

 private:
  CipherContext context_;
};

/** AES-GCM in one direction under one key (NIST SP 800-38D), with 12 bytes of IV and 16 of tag. */
class AesGcm {
 public:
  static constexpr size_t kIvBytes = 12;
  static constexpr size_t kTagBytes = 16;
  enum class Direction { Seal, Open };

  /** @param keyBytes 16 or 32 @throws SrtpFailure */
  AesGcm(const uint8_t* key, size_t keyBytes, Direction direction);

  /**
   * In place; the tag is written behind `text`. What is authenticated and not encrypted comes in two pieces.
   * @returns false when OpenSSL fails
   */
  bool seal(const uint8_t* iv12, Span authenticated, Span more, uint8_t* text, size_t size);
  /** @param text with the tag behind it @returns false when it is not authentic: what is in `out` is then worth nothing */
  bool open(const uint8_t* iv12, Span authenticated, Span more, Span text, uint8_t* out);

 private:
  bool begin(const uint8_t* iv12, Span authenticated, Span more);

  CipherContext context_;
};

}  // namespace interconnect
