#include "engine/remote-address.h"

namespace interconnect {

namespace {

/** A far end stops its old stream when it has our answer; packets wait in queues on top of that. */
constexpr Nanos kStragglers = kSecond;
/** Nothing must have come from the old address for so long: more than jitter, less than what a listener takes for a lost call. */
constexpr Nanos kQuiet = 300 * kMillisecond;
/** RTCP comes every 5 s, give or take a half (RFC 3550 §6.2). */
constexpr Nanos kQuietRtcp = 10 * kSecond;
/** So many packets from the new address, and none from elsewhere between them. */
constexpr unsigned kProof = 5;
/** Who moves more often is not followed so fast: two senders that take turns must not send our audio to and fro. */
constexpr Nanos kBetweenMoves = 5 * kSecond;

}  // namespace

void RemoteAddress::signal(const Remote& remote, Nanos now) {
  paused_ = false;
  if (signalled_ && *signalled_ == remote) return;
  if (signalled_ && rtp_ != remote.rtp) former_ = {rtp_, ssrc_, now + kStragglers};
  signalled_ = remote;
  rtp_ = remote.rtp;
  rtcp_ = remote.rtcp;
  learnedRtp_ = false;
  learnedRtcp_ = false;
  ssrc_.reset();
  candidatePackets_ = 0;
  movedAt_.reset();
}

/** What nobody signalled must not turn our audio on ourselves, or on many (a spoofed source address could). */
bool RemoteAddress::mayLearn(const Address& from) const {
  if (from.port() == 0 || !from.isUnicast()) return false;
  // A leg on the loopback hears programs of this machine alone, whatever their SDP says of where they are.
  if (own_.isLoopback()) return true;
  const Address& told = signalled_->rtp;
  if (from.isLoopback() && !told.isLoopback()) return false;
  return !from.sameHost(own_) || told.sameHost(own_);
}

bool RemoteAddress::mayMove(Nanos arrival) const {
  return following() && arrival - heardRtp_ >= kQuiet && (!movedAt_ || arrival - *movedAt_ >= kBetweenMoves);
}

bool RemoteAddress::acceptsRtp(const Address& from, Nanos arrival) {
  if (!known()) return false;
  if (from == rtp_) {
    heardRtp_ = arrival;
    return true;
  }
  if (!learning()) return false;
  return from == signalled_->rtp || (mayLearn(from) && (!learnedRtp_ || mayMove(arrival)));
}

bool RemoteAddress::takesRtp(const Address& from, uint32_t ssrc, bool authenticated, Nanos arrival) {
  const bool other = from != rtp_;
  if (other && isStraggler(from, ssrc, arrival)) return false;
  if (other && learnedRtp_ && from != signalled_->rtp && !hasMovedTo(from, authenticated || ssrc == ssrc_, arrival)) return false;
  ssrc_ = ssrc;
  heardRtp_ = arrival;
  if (!learning()) return true;
  learnedRtp_ = true;
  if (other) learn(from);
  return true;
}

bool RemoteAddress::isStraggler(const Address& from, uint32_t ssrc, Nanos arrival) const {
  return former_ && arrival < former_->until && from == former_->address && (!former_->ssrc || ssrc == *former_->ssrc);
}

bool RemoteAddress::hasMovedTo(const Address& from, bool proven, Nanos arrival) {
  if (!proven) return false;
  candidatePackets_ = from == candidate_ ? candidatePackets_ + 1 : 1;
  candidate_ = from;
  if (candidatePackets_ < kProof) return false;
  candidatePackets_ = 0;
  movedAt_ = arrival;
  former_ = {rtp_, ssrc_, arrival + kStragglers};
  return true;
}

void RemoteAddress::learn(const Address& from) {
  learnedRtcp_ = false;
  if (from == signalled_->rtp) {
    rtp_ = from;
    rtcp_ = signalled_->rtcp;
    return;
  }
  // Behind a NAT the signalled RTCP address is as wrong as the RTP one was: try the next port until RTCP shows its own.
  if (multiplexed()) rtcp_ = from;
  else if (!from.sameHost(rtp_)) rtcp_ = from.withPort(static_cast<uint16_t>(from.port() + 1));
  rtp_ = from;
}

bool RemoteAddress::acceptsRtcp(const Address& from, Nanos arrival) {
  if (!known()) return false;
  if (from == rtcp_) {
    heardRtcp_ = arrival;
    return true;
  }
  // RTCP alone proves nothing: RTP must have come first.
  if (!learning() || !learnedRtp_ || !mayLearn(from)) return false;
  if (multiplexed() && !from.sameHost(rtp_)) return false;
  return !learnedRtcp_ || (following() && arrival - heardRtcp_ >= kQuietRtcp);
}

bool RemoteAddress::takesRtcp(const Address& from, uint32_t ssrc, bool authenticated, Nanos arrival) {
  // From another host than RTP it is to be the same sender's.
  const bool proven = authenticated || from.sameHost(rtp_) || ssrc == ssrc_;
  if (from != rtcp_ && !proven) return false;
  heardRtcp_ = arrival;
  if (!learning()) return true;
  learnedRtcp_ = true;
  rtcp_ = from;
  return true;
}

}  // namespace interconnect
