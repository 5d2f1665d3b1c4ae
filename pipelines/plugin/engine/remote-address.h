#pragma once
#include <optional>

#include "clock/nanos.h"
#include "engine/leg-settings.h"

namespace interconnect {

/** Where a leg sends to and whom it believes, by the policy that was signalled. */
class RemoteAddress {
 public:
  /** @param own where the leg itself receives */
  explicit RemoteAddress(const Address& own) : own_(own) {}

  /** What signalling says; the same again changes nothing, so that a repeated offer forgets nothing learned. */
  void signal(const Remote& remote, Nanos now);
  /** Another leg had the port before. */
  void avoid(const FormerFarEnd& former, Nanos now) { former_ = {former.address, former.ssrc, now + former.drop}; }
  /** It wants to be sent nothing (c=0.0.0.0), and is believed as before; until it is signalled again. */
  void pause() { paused_ = true; }

  bool known() const { return signalled_.has_value(); }
  bool mayBeSentTo() const { return known() && !paused_; }
  /** Only when known(). */
  const Address& rtp() const { return rtp_; }
  const Address& rtcp() const { return rtcp_; }
  /** RTCP goes over the RTP port (RFC 5761). */
  bool multiplexed() const { return rtp_ == rtcp_; }

  /** Whether a packet from here is worth a look. */
  bool acceptsRtp(const Address& from, Nanos arrival);
  /**
   * Whether this valid packet of a known payload type is to be taken. learn-once stays with the first one, unless the
   * signalled address itself is heard; follow goes after a far end that has moved.
   * @param authenticated by SRTP: it is the far end's, whatever its SSRC
   */
  bool takesRtp(const Address& from, uint32_t ssrc, bool authenticated, Nanos arrival);

  bool acceptsRtcp(const Address& from, Nanos arrival);
  /** The same for a valid compound packet; `ssrc` is its sender's. */
  bool takesRtcp(const Address& from, uint32_t ssrc, bool authenticated, Nanos arrival);

 private:
  bool learning() const { return signalled_->policy != RemotePolicy::Signalled; }
  bool following() const { return signalled_->policy == RemotePolicy::Follow; }
  bool mayLearn(const Address& from) const;
  bool mayMove(Nanos arrival) const;
  bool hasMovedTo(const Address& from, bool proven, Nanos arrival);
  void learn(const Address& from);

  bool isStraggler(const Address& from, uint32_t ssrc, Nanos arrival) const;

  const Address own_;
  std::optional<Remote> signalled_;
  /** Who may still send to where it sent before, though it must not be learned any more. */
  struct Former {
    Address address;
    std::optional<uint32_t> ssrc;
    Nanos until;
  };
  std::optional<Former> former_;
  Address rtp_;
  Address rtcp_;
  bool paused_ = false;
  bool learnedRtp_ = false;
  bool learnedRtcp_ = false;

  /** Of the packet that was taken last. */
  std::optional<uint32_t> ssrc_;
  /** When anything came from rtp_ and from rtcp_ last. */
  Nanos heardRtp_ = 0;
  Nanos heardRtcp_ = 0;
  /** Whence packets come that may be the far end's, and how many in a row. */
  Address candidate_;
  unsigned candidatePackets_ = 0;
  std::optional<Nanos> movedAt_;
};

}  // namespace interconnect
