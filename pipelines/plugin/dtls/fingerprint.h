#pragma once
#include <openssl/x509.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace interconnect {

/** A certificate's fingerprint as in a=fingerprint (RFC 8122 §5). */
class Fingerprint {
 public:
  /** The hash functions that we believe: SHA-1 and older can be forged. */
  enum class Hash { Sha256, Sha384, Sha512 };

  /** @param hash "sha-256" and the like @param value "4A:AD:…"; nothing when it is not one of just the right length */
  static std::optional<Fingerprint> parse(std::string_view hash, std::string_view value);
  /** @throws std::runtime_error OpenSSL has no memory */
  static Fingerprint of(const X509& certificate, Hash hash);

  Hash hash() const { return hash_; }
  /** "4A:AD:…" */
  std::string value() const;
  bool operator==(const Fingerprint& other) const { return hash_ == other.hash_ && bytes_ == other.bytes_; }

 private:
  explicit Fingerprint(Hash hash) : hash_(hash) {}
  size_t size() const;
  Hash hash_;
  std::array<uint8_t, 64> bytes_{};
};

}  // namespace interconnect
