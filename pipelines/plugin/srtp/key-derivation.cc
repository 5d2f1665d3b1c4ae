#include "srtp/key-derivation.h"

#include <cstring>

#include "srtp/aes.h"
#include "srtp/srtp-failure.h"

namespace interconnect {
namespace {

/** RFC 3711 §4.3.2; for SRTCP each is three more. */
enum Label : uint8_t { kCipherKey, kAuthenticationKey, kSalt, kPerFlow };

void derive(AesCounter& master, const SrtpKey& key, uint8_t label, uint8_t* out, size_t size) {
  // §4.3.1: the salt has 14 bytes, the label is set against its eighth; GCM's 12 stand at its beginning (RFC 7714 §11).
  Secret<AesCounter::kBlockBytes> block;
  std::memcpy(block.data(), key.masterSalt(), factsOf(key.suite()).saltBytes);
  block.data()[7] = static_cast<uint8_t>(block.data()[7] ^ label);
  std::memset(out, 0, size);
  if (!master.apply(block.data(), out, out, size)) throw SrtpFailure("OpenSSL cannot derive a key");
}

}  // namespace

SessionKeys deriveSessionKeys(const SrtpKey& master, SrtpFlow flow) {
  const SrtpSuiteFacts& facts = factsOf(master.suite());
  AesCounter cipher(master.masterKey(), facts.keyBytes);
  const auto first = static_cast<uint8_t>(flow == SrtpFlow::Rtp ? 0 : kPerFlow);
  SessionKeys keys;
  derive(cipher, master, static_cast<uint8_t>(first + kCipherKey), keys.cipher.data(), facts.keyBytes);
  if (!facts.aead) derive(cipher, master, static_cast<uint8_t>(first + kAuthenticationKey), keys.authentication.data(), keys.authentication.size());
  derive(cipher, master, static_cast<uint8_t>(first + kSalt), keys.salt.data(), facts.saltBytes);
  return keys;
}

}  // namespace interconnect
