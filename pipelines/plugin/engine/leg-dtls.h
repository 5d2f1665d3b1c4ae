#pragma once
#include <optional>
#include <string>

#include "engine/dtls-port.h"
#include "engine/leg-security.h"
#include "engine/remote-address.h"

namespace interconnect {

/**
 * One leg's DTLS-SRTP: an association for RTP, and another one for RTCP where that has a port of its own (RFC 5764 §4.1).
 * What they come to are the keys of the leg's security.
 */
class LegDtls {
 public:
  /** @throws Failure media.security-failed */
  LegDtls(const DtlsServices& services, const DtlsTerms& terms, LegSecurity& security, Socket& rtp, Socket& rtcp, Nanos now);

  const DtlsTerms& terms() const { return terms_; }
  /** From an address that the leg's policy accepts. */
  void received(MediaPort port, const Datagram& datagram, const RemoteAddress& remote, Nanos now);
  /** Only when the remote is known. */
  void tick(const RemoteAddress& remote, Nanos now);
  /** Whether a handshake is under way, so that what comes should be looked at at once. */
  bool busy() const { return busy(rtp_); }
  bool rtcpBusy() const { return rtcp_ && busy(*rtcp_); }
  /** Of the association for RTP. */
  DtlsAssociation::State state() const { return rtp_.association().state(); }
  /** From the terms to the keys; nothing before. */
  std::optional<Nanos> took() const { return took_; }

  /** Once, when RTP is secured. */
  std::optional<SrtpSuite> takeSecured();
  /** Once, when there will be no keys for RTP. Without those for RTCP alone the call goes on. */
  std::optional<DtlsFailure> takeFailure();
  /** Once, when the far end has ended the association for RTP in order (close_notify). */
  bool takeClosed();

 private:
  static bool busy(const DtlsPort& port);
  void useKeys(Nanos now);

  const DtlsTerms terms_;
  const DtlsServices services_;
  LegSecurity& security_;
  Socket& rtcpSocket_;
  const Nanos begun_;
  DtlsPort rtp_;
  // Made when it is known that RTCP is not multiplexed.
  std::optional<DtlsPort> rtcp_;
  std::optional<Nanos> took_;
  bool rtcpSecured_ = false;
  bool told_ = false;
  bool closeTold_ = false;
};

}  // namespace interconnect
