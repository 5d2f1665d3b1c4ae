#include "engine/remote-address.h"

namespace interconnect {

namespace {

/** A far end stops its old stream when it has our answer; packets wait in queues on top of that. */
constexpr Nanos kStragglers = kSecond;

}  // namespace

void RemoteAddress::signal(const Remote& remote, Nanos now) {
  if (signalled_ && *signalled_ == remote) return;
  if (signalled_ && rtp_ != remote.rtp) {
    former_ = rtp_;
    formerUntil_ = now + kStragglers;
  } else {
    former_.reset();
  }
  signalled_ = remote;
  rtp_ = remote.rtp;
  rtcp_ = remote.rtcp;
  learnedRtp_ = false;
  learnedRtcp_ = false;
}

bool RemoteAddress::acceptsRtp(const Address& from, Nanos arrival) const {
  if (!known()) return false;
  if (from == rtp_) return true;
  return learning() && (from == signalled_->rtp || (!learnedRtp_ && !isStraggler(from, arrival)));
}

bool RemoteAddress::acceptsRtcp(const Address& from) const {
  if (!known()) return false;
  if (from == rtcp_) return true;
  // RTCP alone proves nothing: its host must be the one that RTP was learned from.
  return learning() && learnedRtp_ && !learnedRtcp_ && from.sameHost(rtp_);
}

void RemoteAddress::tookRtp(const Address& from) {
  if (!learning()) return;
  learnedRtp_ = true;
  if (from == rtp_) return;
  learnedRtcp_ = false;
  if (from == signalled_->rtp) {
    rtp_ = from;
    rtcp_ = signalled_->rtcp;
    return;
  }
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
