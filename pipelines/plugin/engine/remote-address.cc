#include "engine/remote-address.h"

namespace interconnect {

void RemoteAddress::signal(const Remote& remote) {
  if (signalled_ && *signalled_ == remote) return;
  signalled_ = remote;
  rtp_ = remote.rtp;
  rtcp_ = remote.rtcp;
  learnedRtp_ = false;
  learnedRtcp_ = false;
}

bool RemoteAddress::acceptsRtp(const Address& from) const {
  return known() && ((learning() && !learnedRtp_) || from == rtp_);
}

bool RemoteAddress::acceptsRtcp(const Address& from) const {
  if (!known()) return false;
  if (from == rtcp_) return true;
  // RTCP alone proves nothing: its host must be the one that RTP was learned from.
  return learning() && learnedRtp_ && !learnedRtcp_ && from.sameHost(rtp_);
}

void RemoteAddress::tookRtp(const Address& from) {
  if (!learning() || learnedRtp_) return;
  learnedRtp_ = true;
  if (from == rtp_) return;
  const bool multiplexed = rtcp_ == rtp_;
  // Behind a NAT the signalled RTCP address is as wrong as the RTP one was: try the next port until RTCP shows its own.
  if (multiplexed) rtcp_ = from;
  else if (!from.sameHost(rtp_)) rtcp_ = from.withPort(static_cast<uint16_t>(from.port() + 1));
  rtp_ = from;
}

void RemoteAddress::tookRtcp(const Address& from) {
  if (!learning() || learnedRtcp_) return;
  learnedRtcp_ = true;
  rtcp_ = from;
}

}  // namespace interconnect
