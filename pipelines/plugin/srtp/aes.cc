#include "srtp/aes.h"

#include "base/openssl-start.h"
#include "srtp/srtp-failure.h"

namespace interconnect {
namespace {

CipherContext contextOf(const EVP_CIPHER* cipher, const uint8_t* key, bool encrypt) {
  startOpenssl();
  CipherContext context(EVP_CIPHER_CTX_new());
  if (!context || EVP_CipherInit_ex(context.get(), cipher, nullptr, key, nullptr, encrypt ? 1 : 0) != 1) {
    throw SrtpFailure("OpenSSL cannot take a key");
  }
  return context;
}

}  // namespace

AesCounter::AesCounter(const uint8_t* key, size_t keyBytes)
    : context_(contextOf(keyBytes == 16 ? EVP_aes_128_ctr() : EVP_aes_256_ctr(), key, true)) {}

bool AesCounter::apply(const uint8_t* counter16, const uint8_t* in, uint8_t* out, size_t size) {
  int written = 0;
  return EVP_EncryptInit_ex(context_.get(), nullptr, nullptr, nullptr, counter16) == 1 &&
         EVP_EncryptUpdate(context_.get(), out, &written, in, static_cast<int>(size)) == 1;
}

AesGcm::AesGcm(const uint8_t* key, size_t keyBytes, Direction direction)
    : context_(contextOf(keyBytes == 16 ? EVP_aes_128_gcm() : EVP_aes_256_gcm(), key, direction == Direction::Seal)) {}

bool AesGcm::begin(const uint8_t* iv12, Span authenticated, Span more) {
  int written = 0;
  EVP_CIPHER_CTX* const context = context_.get();
  return EVP_CipherInit_ex(context, nullptr, nullptr, nullptr, iv12, -1) == 1 &&
         EVP_CipherUpdate(context, nullptr, &written, authenticated.data, static_cast<int>(authenticated.size)) == 1 &&
         (more.size == 0 || EVP_CipherUpdate(context, nullptr, &written, more.data, static_cast<int>(more.size)) == 1);
}

bool AesGcm::seal(const uint8_t* iv12, Span authenticated, Span more, uint8_t* text, size_t size) {
  int written = 0;
  EVP_CIPHER_CTX* const context = context_.get();
  return begin(iv12, authenticated, more) && EVP_CipherUpdate(context, text, &written, text, static_cast<int>(size)) == 1 &&
         EVP_CipherFinal_ex(context, text + size, &written) == 1 &&
         EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, kTagBytes, text + size) == 1;
}

bool AesGcm::open(const uint8_t* iv12, Span authenticated, Span more, Span text, uint8_t* out) {
  int written = 0;
  EVP_CIPHER_CTX* const context = context_.get();
  void* const tag = const_cast<uint8_t*>(text.data + text.size);
  return begin(iv12, authenticated, more) && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, kTagBytes, tag) == 1 &&
         EVP_CipherUpdate(context, out, &written, text.data, static_cast<int>(text.size)) == 1 &&
         EVP_CipherFinal_ex(context, out + text.size, &written) == 1;
}

}  // namespace interconnect
