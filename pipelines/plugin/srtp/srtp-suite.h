#pragma once
#include <cstddef>
#include <optional>
#include <string_view>

namespace interconnect {

/** RFC 4568 §6.2, RFC 6188 §4, RFC 7714 §14. */
enum class SrtpSuite {
  AesCm128HmacSha1_80,
  AesCm128HmacSha1_32,
  AesCm256HmacSha1_80,
  AesCm256HmacSha1_32,
  AeadAes128Gcm,
  AeadAes256Gcm,
};

struct SrtpSuiteFacts {
  SrtpSuite suite;
  /** As in a=crypto. */
  const char* name;
  bool aead;
  size_t keyBytes;
  size_t saltBytes;
  /** Of RTP. SRTCP has the long one of its kind always (RFC 4568 §6.2.2). */
  size_t tagBytes;

  size_t masterBytes() const { return keyBytes + saltBytes; }
};

constexpr SrtpSuiteFacts kSrtpSuites[] = {
    {SrtpSuite::AesCm128HmacSha1_80, "AES_CM_128_HMAC_SHA1_80", false, 16, 14, 10},
    {SrtpSuite::AesCm128HmacSha1_32, "AES_CM_128_HMAC_SHA1_32", false, 16, 14, 4},
    {SrtpSuite::AesCm256HmacSha1_80, "AES_256_CM_HMAC_SHA1_80", false, 32, 14, 10},
    {SrtpSuite::AesCm256HmacSha1_32, "AES_256_CM_HMAC_SHA1_32", false, 32, 14, 4},
    {SrtpSuite::AeadAes128Gcm, "AEAD_AES_128_GCM", true, 16, 12, 16},
    {SrtpSuite::AeadAes256Gcm, "AEAD_AES_256_GCM", true, 32, 12, 16},
};

constexpr const SrtpSuiteFacts& factsOf(SrtpSuite suite) { return kSrtpSuites[static_cast<size_t>(suite)]; }

/** Nothing for suites that we do not have. */
inline std::optional<SrtpSuite> srtpSuiteOf(std::string_view name) {
  for (const SrtpSuiteFacts& facts : kSrtpSuites) {
    if (name == facts.name) return facts.suite;
  }
  return std::nullopt;
}

}  // namespace interconnect
