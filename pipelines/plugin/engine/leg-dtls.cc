#include "engine/leg-dtls.h"

#include "engine/failure.h"

namespace interconnect {
namespace {

using State = DtlsAssociation::State;

bool hasKeys(State state) { return state == State::Secured || state == State::Closed; }

const DtlsServices& usable(const DtlsServices& services) {
  if (services.context == nullptr) throw Failure("media.security-failed", "this worker has no certificate for DTLS: its log says why");
  return services;
}

}  // namespace

LegDtls::LegDtls(const DtlsServices& services, const DtlsTerms& terms, LegSecurity& security, Socket& rtp, Socket& rtcp, Nanos now) try
    : terms_(terms), services_(usable(services)), security_(security), rtcpSocket_(rtcp), begun_(now), rtp_(services, terms, rtp, now) {
} catch (const Failure&) {
  throw;
} catch (const std::runtime_error& error) {
  throw Failure("media.security-failed", error.what());
}

void LegDtls::received(MediaPort port, const Datagram& datagram, const RemoteAddress& remote, Nanos now) {
  if (port == MediaPort::Rtp) rtp_.received(datagram, remote.rtp(), now);
  else if (rtcp_) rtcp_->received(datagram, remote.rtcp(), now);
  useKeys(now);
}

void LegDtls::tick(const RemoteAddress& remote, Nanos now) {
  if (!remote.multiplexed() && !rtcp_) rtcp_.emplace(services_, terms_, rtcpSocket_, now);
  rtp_.tick(remote.rtp(), now);
  if (rtcp_) rtcp_->tick(remote.rtcp(), now);
  useKeys(now);
}

bool LegDtls::busy(const DtlsPort& port) {
  const State state = port.association().state();
  return state == State::Waiting || state == State::Handshaking;
}

void LegDtls::useKeys(Nanos now) {
  if (!took_ && hasKeys(state())) {
    took_ = now - begun_;
    security_.setDtlsKeys(MediaPort::Rtp, rtp_.association().keys());
  }
  if (rtcp_ && !rtcpSecured_ && hasKeys(rtcp_->association().state())) {
    rtcpSecured_ = true;
    security_.setDtlsKeys(MediaPort::Rtcp, rtcp_->association().keys());
  }
}

std::optional<SrtpSuite> LegDtls::takeSecured() {
  if (told_ || !took_) return std::nullopt;
  told_ = true;
  return rtp_.association().keys().send.suite();
}

std::optional<DtlsFailure> LegDtls::takeFailure() {
  if (told_ || state() != State::Failed) return std::nullopt;
  told_ = true;
  return rtp_.association().failure();
}

bool LegDtls::takeClosed() {
  if (closeTold_ || state() != State::Closed) return false;
  closeTold_ = true;
  return true;
}

}  // namespace interconnect
