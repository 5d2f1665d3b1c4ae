#include "dtls/fingerprint.h"

#include <openssl/evp.h>

#include <stdexcept>

namespace interconnect {
namespace {

const EVP_MD* digestOf(Fingerprint::Hash hash) {
  switch (hash) {
    case Fingerprint::Hash::Sha384: return EVP_sha384();
    case Fingerprint::Hash::Sha512: return EVP_sha512();
    case Fingerprint::Hash::Sha256: break;
  }
  return EVP_sha256();
}

std::optional<Fingerprint::Hash> hashOf(std::string_view name) {
  if (name == "sha-256") return Fingerprint::Hash::Sha256;
  if (name == "sha-384") return Fingerprint::Hash::Sha384;
  if (name == "sha-512") return Fingerprint::Hash::Sha512;
  return std::nullopt;
}

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  // RFC 8122 writes capitals; some write small letters.
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

size_t Fingerprint::size() const { return static_cast<size_t>(EVP_MD_get_size(digestOf(hash_))); }

std::optional<Fingerprint> Fingerprint::parse(std::string_view hash, std::string_view value) {
  const auto known = hashOf(hash);
  if (!known) return std::nullopt;
  Fingerprint fingerprint(*known);
  if (value.size() != fingerprint.size() * 3 - 1) return std::nullopt;
  for (size_t i = 0; i < fingerprint.size(); i++) {
    const int high = digit(value[3 * i]);
    const int low = digit(value[3 * i + 1]);
    if (high < 0 || low < 0 || (i > 0 && value[3 * i - 1] != ':')) return std::nullopt;
    fingerprint.bytes_[i] = static_cast<uint8_t>(high << 4 | low);
  }
  return fingerprint;
}

Fingerprint Fingerprint::of(const X509& certificate, Hash hash) {
  Fingerprint fingerprint(hash);
  unsigned length = 0;
  if (X509_digest(&certificate, digestOf(hash), fingerprint.bytes_.data(), &length) != 1) {
    throw std::runtime_error("OpenSSL cannot digest a certificate");
  }
  return fingerprint;
}

std::string Fingerprint::value() const {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string text;
  for (size_t i = 0; i < size(); i++) {
    if (i > 0) text += ':';
    text += kHex[bytes_[i] >> 4];
    text += kHex[bytes_[i] & 15];
  }
  return text;
}

}  // namespace interconnect
