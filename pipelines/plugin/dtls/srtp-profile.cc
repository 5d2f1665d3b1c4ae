#include "dtls/srtp-profile.h"

#include <cstring>

#include "srtp/secret.h"

namespace interconnect {
namespace {

struct Profile {
  const char* opensslName;
  unsigned long id;
  SrtpSuite suite;
};

constexpr Profile kProfiles[] = {
    {"SRTP_AEAD_AES_128_GCM", SRTP_AEAD_AES_128_GCM, SrtpSuite::AeadAes128Gcm},
    {"SRTP_AEAD_AES_256_GCM", SRTP_AEAD_AES_256_GCM, SrtpSuite::AeadAes256Gcm},
    {"SRTP_AES128_CM_SHA1_80", SRTP_AES128_CM_SHA1_80, SrtpSuite::AesCm128HmacSha1_80},
    {"SRTP_AES128_CM_SHA1_32", SRTP_AES128_CM_SHA1_32, SrtpSuite::AesCm128HmacSha1_32},
};

/** RFC 5764 §4.2. */
constexpr char kLabel[] = "EXTRACTOR-dtls_srtp";

std::optional<SrtpKey> keyOf(SrtpSuite suite, const uint8_t* key, const uint8_t* salt) {
  const SrtpSuiteFacts& facts = factsOf(suite);
  Secret<46> master;
  std::memcpy(master.data(), key, facts.keyBytes);
  std::memcpy(master.data() + facts.keyBytes, salt, facts.saltBytes);
  return SrtpKey::of(suite, {master.data(), facts.masterBytes()});
}

}  // namespace

std::string srtpProfiles() {
  std::string names;
  for (const Profile& profile : kProfiles) {
    names += (names.empty() ? "" : ":") + std::string(profile.opensslName);
  }
  return names;
}

std::optional<SrtpKeys> exportSrtpKeys(SSL& ssl, DtlsRole role) {
  const SRTP_PROTECTION_PROFILE* agreed = SSL_get_selected_srtp_profile(&ssl);
  if (agreed == nullptr) return std::nullopt;
  for (const Profile& profile : kProfiles) {
    if (profile.id != agreed->id) continue;
    const SrtpSuiteFacts& facts = factsOf(profile.suite);
    Secret<92> material;
    if (SSL_export_keying_material(&ssl, material.data(), 2 * facts.masterBytes(), kLabel, sizeof kLabel - 1, nullptr, 0, 0) != 1) return std::nullopt;
    // Both keys, then both salts; the client's first.
    const uint8_t* keys = material.data();
    const uint8_t* salts = keys + 2 * facts.keyBytes;
    const auto client = keyOf(profile.suite, keys, salts);
    const auto server = keyOf(profile.suite, keys + facts.keyBytes, salts + facts.saltBytes);
    if (!client || !server) return std::nullopt;
    return role == DtlsRole::Client ? SrtpKeys{*client, *server} : SrtpKeys{*server, *client};
  }
  return std::nullopt;
}

}  // namespace interconnect
