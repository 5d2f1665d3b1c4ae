#include "dtls/association.h"

#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "dtls/openssl-time.h"
#include "dtls/record.h"
#include "dtls/srtp-profile.h"

namespace interconnect {
namespace {

/** OpenSSL would begin with a second, which is how long a call stays mute when one datagram gets lost. */
constexpr unsigned kFirstRetransmit = 100'000;
constexpr unsigned kLastRetransmit = 2'000'000;

unsigned retransmitAfter(SSL*, unsigned previousMicros) {
  return previousMicros == 0 ? kFirstRetransmit : std::min(previousMicros * 2, kLastRetransmit);
}

}  // namespace

DtlsAssociation::DtlsAssociation(const DtlsContext& context, const DtlsTerms& terms, DatagramOutput& output, Nanos now)
    : terms_(terms), deadline_(now + kHandshakeLimit), bio_(output), ssl_(SSL_new(context.get())) {
  BIO* bio = ssl_ ? bio_.bio() : nullptr;
  if (bio == nullptr) throw std::runtime_error("OpenSSL has no memory for another association");
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_mtu(ssl_.get(), kDtlsMtu);
  SSL_set_app_data(ssl_.get(), this);
  SSL_set_info_callback(ssl_.get(), &onInfo);
  DTLS_set_timer_cb(ssl_.get(), &retransmitAfter);
  if (terms.role == DtlsRole::Client) SSL_set_connect_state(ssl_.get());
  else SSL_set_accept_state(ssl_.get());
}

DtlsAssociation::~DtlsAssociation() {
  if (state_ == State::Secured) {
    // Whose buffers drain() has given back, OpenSSL 3.0 would write through nullptr; a read makes new ones.
    uint8_t nothing;
    (void)SSL_read(ssl_.get(), &nothing, sizeof nothing);
    SSL_shutdown(ssl_.get());
  }
  ERR_clear_error();
}

void DtlsAssociation::start(Nanos now) {
  if (state_ != State::Waiting || terms_.role != DtlsRole::Client) return;
  const OpensslTime time(now);
  state_ = State::Handshaking;
  step();
}

void DtlsAssociation::received(Span datagram, Nanos now) {
  if (state_ == State::Failed || state_ == State::Closed) return;
  if (state_ == State::Waiting) {
    // Nothing else begins a handshake, and what is left of an earlier one must not end this one.
    if (terms_.role != DtlsRole::Server || !isClientHello(datagram)) return;
    state_ = State::Handshaking;
  }
  const OpensslTime time(now);
  bio_.put(datagram);
  step();
  bio_.clear();
}

void DtlsAssociation::tick(Nanos now) {
  if (state_ != State::Waiting && state_ != State::Handshaking) return;
  if (now >= deadline_) {
    return fail("media.dtls-timeout", state_ == State::Waiting || terms_.role == DtlsRole::Client
                                          ? "the far end did not take part in the DTLS handshake within 10 s: nothing that it sends "
                                            "arrives at its media port here, or it does not speak DTLS-SRTP"
                                          : "the DTLS handshake was not done within 10 s: what we send does not arrive at the far end");
  }
  if (state_ == State::Waiting) return;
  const OpensslTime time(now);
  ERR_clear_error();
  if (DTLSv1_handle_timeout(ssl_.get()) < 0) fail("media.dtls-failed", whyNot());
}

void DtlsAssociation::step() {
  ERR_clear_error();
  if (state_ == State::Handshaking) shake();
  if (state_ == State::Secured) drain();
}

void DtlsAssociation::shake() {
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) {
    keys_ = exportSrtpKeys(*ssl_, terms_.role);
    if (!keys_) return fail("media.dtls-failed", "the far end has none of our SRTP protection profiles (RFC 5764)");
    state_ = State::Secured;
    return;
  }
  // All else is "come again": SSL_ERROR_SYSCALL is a record that came twice before its epoch began.
  if (SSL_get_error(ssl_.get(), result) != SSL_ERROR_SSL) return;
  if (wrongCertificate_) {
    return fail("media.dtls-fingerprint", "the far end's certificate is not the one whose a=fingerprint its SDP carried: "
                                          "somebody is in between, or the far end's SDP is wrong");
  }
  fail("media.dtls-failed", whyNot());
}

/**
 * Answers the far end's last flight where ours got lost; nobody has data to send (RFC 5764 §3). The buffers, 35 KB, are
 * needed for no more than that.
 */
void DtlsAssociation::drain() {
  std::array<uint8_t, 2048> ignored;
  while (SSL_read(ssl_.get(), ignored.data(), static_cast<int>(ignored.size())) > 0) {
  }
  SSL_free_buffers(ssl_.get());
  ERR_clear_error();
  if (alert_) state_ = State::Closed;
}

void DtlsAssociation::fail(const char* code, std::string message) {
  state_ = State::Failed;
  failure_ = DtlsFailure{code, std::move(message)};
  ERR_clear_error();
}

std::string DtlsAssociation::whyNot() const {
  if (alert_) return "the far end broke the DTLS handshake off: " + std::string(SSL_alert_desc_string_long(*alert_));
  const char* reason = ERR_reason_error_string(ERR_peek_error());
  return "the DTLS handshake failed: " + std::string(reason != nullptr ? reason : "for a reason that OpenSSL does not tell");
}

/** Called from within OpenSSL, which nothing may be thrown through. */
bool DtlsAssociation::matches(const X509* certificate) const noexcept try {
  return certificate != nullptr && std::any_of(terms_.fingerprints.begin(), terms_.fingerprints.end(), [&](const Fingerprint& expected) {
    return Fingerprint::of(*certificate, expected.hash()) == expected;
  });
} catch (const std::runtime_error&) {
  return false;
}

int DtlsAssociation::verify(X509_STORE_CTX* store, void*) {
  const auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* self = static_cast<DtlsAssociation*>(SSL_get_app_data(ssl));
  const X509* certificate = X509_STORE_CTX_get0_cert(store);
  if (self->matches(certificate)) return 1;
  self->wrongCertificate_ = true;
  // RFC 8122 §6.2 leaves the alert open; this one says what it is about: bad_certificate.
  X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
  return 0;
}

/** Warnings mean nothing, but for close_notify. */
void DtlsAssociation::onInfo(const SSL* ssl, int where, int value) {
  if (where != SSL_CB_READ_ALERT) return;
  if (value >> 8 == SSL3_AL_FATAL || (value & 0xff) == SSL_AD_CLOSE_NOTIFY) {
    static_cast<DtlsAssociation*>(SSL_get_app_data(ssl))->alert_ = value;
  }
}

}  // namespace interconnect
