#include "dtls/dtls-context.h"

#include <stdexcept>

#include "dtls/association.h"
#include "dtls/srtp-profile.h"

namespace interconnect {
namespace {

/** Of the far end's Certificate message, bytes: an RSA key of 4096 bits comes with 1.3 KB. */
constexpr long kMaxCertificates = 8 * 1024;

void require(bool done, const char* what) {
  if (!done) throw std::runtime_error(std::string("OpenSSL refuses ") + what);
}

}  // namespace

DtlsContext::DtlsContext(DtlsIdentity identity)
    : identity_(std::move(identity)), context_(SSL_CTX_new(DTLS_method())) {
  SSL_CTX* context = get();
  require(context != nullptr, "a context");
  // RFC 8827 §6.5: not DTLS 1.0.
  require(SSL_CTX_set_min_proto_version(context, DTLS1_2_VERSION) == 1, "DTLS 1.2");
  require(SSL_CTX_use_certificate(context, identity_.certificate()) == 1, "our certificate");
  require(SSL_CTX_use_PrivateKey(context, identity_.key()) == 1, "our key");
  // The last kind is for desk phones of before 2015.
  require(SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES") == 1, "the ciphers");
  require(SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384") == 1, "the groups");
  // 0 is success.
  require(SSL_CTX_set_tlsext_use_srtp(context, srtpProfiles().c_str()) == 0, "the SRTP profiles");
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  // In the place of OpenSSL's check of a chain: so that a wrong certificate earns an alert.
  SSL_CTX_set_cert_verify_callback(context, &DtlsAssociation::verify, nullptr);
  SSL_CTX_set_max_cert_list(context, kMaxCertificates);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
}

}  // namespace interconnect
