#include "dtls/srtp-profile.h"

#include <openssl/crypto.h>

#include <array>
#include <cstring>

namespace interconnect {
namespace {

struct Profile {
  const char* opensslName;
  unsigned long id;
  const char* suite;
  size_t keyBytes;
  size_t saltBytes;
};

constexpr std::array<Profile, 4> kProfiles = {{
    {"SRTP_AEAD_AES_128_GCM", SRTP_AEAD_AES_128_GCM, "AEAD_AES_128_GCM", 16, 12},
    {"SRTP_AEAD_AES_256_GCM", SRTP_AEAD_AES_256_GCM, "AEAD_AES_256_GCM", 32, 12},
    {"SRTP_AES128_CM_SHA1_80", SRTP_AES128_CM_SHA1_80, "AES_CM_128_HMAC_SHA1_80", 16, 14},
    {"SRTP_AES128_CM_SHA1_32", SRTP_AES128_CM_SHA1_32, "AES_CM_128_HMAC_SHA1_32", 16, 14},
}};
constexpr size_t kMaxKeyBytes = 32;
constexpr size_t kMaxSaltBytes = 14;

/** RFC 5764 §4.2. */
constexpr char kLabel[] = "EXTRACTOR-dtls_srtp";

std::optional<SrtpKey> keyOf(const Profile& profile, const uint8_t* key, const uint8_t* salt) {
  std::array<uint8_t, kMaxKeyBytes + kMaxSaltBytes> bytes;
  std::memcpy(bytes.data(), key, profile.keyBytes);
  std::memcpy(bytes.data() + profile.keyBytes, salt, profile.saltBytes);
  // Keys come in the form that SDES gives them.
  std::array<unsigned char, 65> base64;
  const int length = EVP_EncodeBlock(base64.data(), bytes.data(), static_cast<int>(profile.keyBytes + profile.saltBytes));
  const auto made = SrtpKey::parse(*srtpSuiteOf(profile.suite), {reinterpret_cast<char*>(base64.data()), static_cast<size_t>(length)});
  OPENSSL_cleanse(bytes.data(), bytes.size());
  OPENSSL_cleanse(base64.data(), base64.size());
  return made;
}

}  // namespace

std::string srtpProfiles() {
  std::string names;
  for (const Profile& profile : kProfiles) {
    if (srtpSuiteOf(profile.suite)) names += (names.empty() ? "" : ":") + std::string(profile.opensslName);
  }
  return names;
}

std::optional<SrtpKeys> exportSrtpKeys(SSL& ssl, DtlsRole role) {
  const SRTP_PROTECTION_PROFILE* agreed = SSL_get_selected_srtp_profile(&ssl);
  if (agreed == nullptr) return std::nullopt;
  for (const Profile& profile : kProfiles) {
    if (profile.id != agreed->id) continue;
    std::array<uint8_t, 2 * (kMaxKeyBytes + kMaxSaltBytes)> material;
    const size_t length = 2 * (profile.keyBytes + profile.saltBytes);
    if (SSL_export_keying_material(&ssl, material.data(), length, kLabel, sizeof kLabel - 1, nullptr, 0, 0) != 1) return std::nullopt;
    const uint8_t* keys = material.data();
    const uint8_t* salts = keys + 2 * profile.keyBytes;
    const auto client = keyOf(profile, keys, salts);
    const auto server = keyOf(profile, keys + profile.keyBytes, salts + profile.saltBytes);
    OPENSSL_cleanse(material.data(), material.size());
    if (!client || !server) return std::nullopt;
    return role == DtlsRole::Client ? SrtpKeys{*client, *server} : SrtpKeys{*server, *client};
  }
  return std::nullopt;
}

}  // namespace interconnect
