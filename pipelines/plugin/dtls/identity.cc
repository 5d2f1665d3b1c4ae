#include "dtls/identity.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include <stdexcept>

#include "base/openssl-start.h"

namespace interconnect {
namespace {

/** Some peers refuse what is not valid yet, and the clock of a new box is wrong. */
constexpr long kBefore = -10L * 365 * 86400;
/** Its fingerprint goes out with every call, so that nobody has to know it before: no need to make it anew. */
constexpr long kAfter = 30L * 365 * 86400;

struct BioRelease {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Bio = std::unique_ptr<BIO, BioRelease>;

void require(bool done, const char* what) {
  if (!done) throw std::runtime_error(std::string("OpenSSL cannot ") + what);
}

}  // namespace

DtlsIdentity DtlsIdentity::make() {
  startOpenssl();
  DtlsIdentity made(EVP_EC_gen("P-256"), X509_new());
  require(made.key_ && made.certificate_, "make a key");
  X509* certificate = made.certificate();
  uint64_t serial = 0;
  require(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1, "find entropy");
  X509_NAME* name = X509_get_subject_name(certificate);
  require(X509_set_version(certificate, X509_VERSION_3) == 1 &&
              ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1) == 1 &&
              X509_gmtime_adj(X509_getm_notBefore(certificate), kBefore) != nullptr &&
              X509_gmtime_adj(X509_getm_notAfter(certificate), kAfter) != nullptr &&
              X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("media"), -1, -1, 0) == 1 &&
              X509_set_issuer_name(certificate, name) == 1 && X509_set_pubkey(certificate, made.key()) == 1 &&
              X509_sign(certificate, made.key(), EVP_sha256()) > 0,
          "make a certificate");
  return made;
}

std::optional<DtlsIdentity> DtlsIdentity::parse(std::string_view pem) {
  startOpenssl();
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (!bio) return std::nullopt;
  EVP_PKEY* key = PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr);
  DtlsIdentity identity(key, key != nullptr ? PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr) : nullptr);
  const bool whole = identity.key_ && identity.certificate_ && X509_check_private_key(identity.certificate(), key) == 1;
  ERR_clear_error();
  if (!whole) return std::nullopt;
  return identity;
}

std::string DtlsIdentity::pem() const {
  const Bio bio(BIO_new(BIO_s_secmem()));
  require(bio && PEM_write_bio_PrivateKey(bio.get(), key(), nullptr, nullptr, 0, nullptr, nullptr) == 1 &&
              PEM_write_bio_X509(bio.get(), certificate()) == 1,
          "write a key");
  char* text = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<size_t>(length)};
}

}  // namespace interconnect
