#pragma once
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "dtls/fingerprint.h"

namespace interconnect {

/**
 * What we are known by in DTLS: a P-256 key with a certificate that it has signed itself. Nobody asks who signed it or
 * until when it is valid: SDP carries its fingerprint with every call (RFC 5763 §5).
 */
class DtlsIdentity {
 public:
  /** @throws std::runtime_error OpenSSL has no memory or no entropy */
  static DtlsIdentity make();
  /** As pem() wrote it; nothing when it is not a key and its certificate. */
  static std::optional<DtlsIdentity> parse(std::string_view pem);
  /** Key and certificate. A secret. @throws std::runtime_error */
  std::string pem() const;

  EVP_PKEY* key() const { return key_.get(); }
  X509* certificate() const { return certificate_.get(); }
  /** SHA-256, which everybody has (RFC 8122 §5). */
  Fingerprint fingerprint() const { return Fingerprint::of(*certificate_, Fingerprint::Hash::Sha256); }

 private:
  struct Release {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(X509* certificate) const { X509_free(certificate); }
  };
  DtlsIdentity(EVP_PKEY* key, X509* certificate) : key_(key), certificate_(certificate) {}
  std::unique_ptr<EVP_PKEY, Release> key_;
  std::unique_ptr<X509, Release> certificate_;
};

}  // namespace interconnect
