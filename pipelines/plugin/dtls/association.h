#pragma once
#include <openssl/ssl.h>

#include <memory>
#include <optional>
#include <string>

#include "clock/nanos.h"
#include "dtls/datagram-bio.h"
#include "dtls/dtls-context.h"
#include "dtls/dtls-terms.h"
#include "srtp/srtp-key.h"

namespace interconnect {

/** Why there is no association: a code of protocol.ts and a sentence. */
struct DtlsFailure {
  const char* code;
  std::string message;
};

/**
 * One DTLS association (RFC 6347) that exists for its SRTP keys (RFC 5764).
 *
 *               start() as client, or a ClientHello            keys() are there
 *     Waiting ─────────────────────────────────▶ Handshaking ─────────────────▶ Secured ──▶ Closed (by the far end)
 *        └───────────────── no answer in time ─────────┴──▶ Failed
 */
class DtlsAssociation {
 public:
  enum class State { Waiting, Handshaking, Secured, Closed, Failed };

  /**
   * @param output must outlive it: close_notify goes out at the end
   * @throws std::runtime_error OpenSSL has no memory
   */
  DtlsAssociation(const DtlsContext& context, const DtlsTerms& terms, DatagramOutput& output, Nanos now);
  ~DtlsAssociation();
  DtlsAssociation(const DtlsAssociation&) = delete;
  DtlsAssociation& operator=(const DtlsAssociation&) = delete;

  /** The client's first flight. */
  void start(Nanos now);
  void received(Span datagram, Nanos now);
  /** Sends again what was not answered, and gives up after kHandshakeLimit. */
  void tick(Nanos now);

  State state() const { return state_; }
  /** Only when Secured or Closed. */
  const SrtpKeys& keys() const { return *keys_; }
  /** Only when Failed. */
  const DtlsFailure& failure() const { return *failure_; }

  /** OpenSSL's callback: whether the far end's certificate is the one that signalling told of. */
  static int verify(X509_STORE_CTX* store, void*);

 private:
  struct Release {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  void step();
  void shake();
  void drain();
  void fail(const char* code, std::string message);
  bool matches(const X509* certificate) const noexcept;
  std::string whyNot() const;
  static void onInfo(const SSL* ssl, int where, int value);

  const DtlsTerms terms_;
  const Nanos deadline_;
  DatagramBio bio_;
  std::unique_ptr<SSL, Release> ssl_;
  State state_ = State::Waiting;
  bool wrongCertificate_ = false;
  /** With which the far end ended it. */
  std::optional<int> alert_;
  std::optional<SrtpKeys> keys_;
  std::optional<DtlsFailure> failure_;
};

/** How long a far end may take. */
constexpr Nanos kHandshakeLimit = 10 * kSecond;

}  // namespace interconnect
