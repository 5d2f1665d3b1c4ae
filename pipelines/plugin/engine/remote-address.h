#pragma once
#include <optional>

#include "clock/nanos.h"
#include "engine/leg-settings.h"

namespace interconnect {

/** Where a leg sends to and whom it believes, by the policy that was signalled. */
class RemoteAddress {
 public:
  /** What signalling says; the same again changes nothing, so that a repeated offer forgets nothing learned. */
  void signal(const Remote& remote, Nanos now);

  bool known() const { return signalled_.has_value(); }
  /** Only when known(). */
  const Address& rtp() const { return rtp_; }
  const Address& rtcp() const { return rtcp_; }
  /** RTCP goes over the RTP port (RFC 5761). */
  bool multiplexed() const { return rtp_ == rtcp_; }

  /** Whether a valid packet from here may be taken. */
  bool acceptsRtp(const Address& from, Nanos arrival) const;
  bool acceptsRtcp(const Address& from) const;
  /**
   * A valid packet of a known payload type was accepted from here: learn-once stays with it, unless the signalled
   * address itself is heard.
   */
  void tookRtp(const Address& from);
  void tookRtcp(const Address& from);

 private:
  bool learning() const { return signalled_->policy == RemotePolicy::LearnOnce; }

  bool isStraggler(const Address& from, Nanos arrival) const {
    return former_ && from == *former_ && arrival < formerUntil_;
  }

  std::optional<Remote> signalled_;
  /** Where the far end was before it moved: what is still on its way from there must not be learned again. */
  std::optional<Address> former_;
  Nanos formerUntil_ = 0;
  Address rtp_;
  Address rtcp_;
  bool learnedRtp_ = false;
  bool learnedRtcp_ = false;
};

}  // namespace interconnect
