#include "srtp/srtp-key.h"

#include <cstring>

namespace interconnect {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t lengthOf(SrtpSuite suite) { return suite == SrtpSuite::AeadAes128Gcm ? 28 : 30; }

}  // namespace

std::optional<SrtpSuite> srtpSuiteOf(std::string_view name) {
  if (name == "AES_CM_128_HMAC_SHA1_80") return SrtpSuite::AesCm128HmacSha1_80;
  if (name == "AES_CM_128_HMAC_SHA1_32") return SrtpSuite::AesCm128HmacSha1_32;
  if (name == "AEAD_AES_128_GCM") return SrtpSuite::AeadAes128Gcm;
  return std::nullopt;
}

std::optional<SrtpKey> SrtpKey::parse(SrtpSuite suite, std::string_view base64) {
  // 28 bytes end in two characters of padding, which some leave away.
  if (base64.size() == 40 && base64.substr(38) == "==") base64.remove_suffix(2);
  const size_t length = lengthOf(suite);
  if (base64.size() != (length * 8 + 5) / 6) return std::nullopt;
  SrtpKey key(suite);
  uint32_t bits = 0;
  unsigned count = 0;
  size_t written = 0;
  for (const char c : base64) {
    const size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 6) | static_cast<uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    key.bytes_[written++] = static_cast<uint8_t>(bits >> count);
  }
  return key;
}

SrtpKey::~SrtpKey() { explicit_bzero(bytes_.data(), bytes_.size()); }

}  // namespace interconnect
