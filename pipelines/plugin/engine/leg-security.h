#pragma once
#include "srtp/srtp-receiver.h"
#include "srtp/srtp-sender.h"

namespace interconnect {

/** One leg's SDES-SRTP, both ways. */
class LegSecurity {
 public:
  /** @throws Failure media.security-failed */
  explicit LegSecurity(const SrtpKeys& keys);
  /** Streams go on under new keys; the same again change nothing. @throws Failure media.security-failed */
  void setKeys(const SrtpKeys& keys);

  SrtpSender& sender() { return sender_; }
  SrtpReceiver& receiver() { return receiver_; }
  uint64_t unauthenticated() const { return unauthenticated_; }
  void countUnauthenticated() { unauthenticated_++; }

 private:
  SrtpSender sender_;
  SrtpReceiver receiver_;
  uint64_t unauthenticated_ = 0;
};

}  // namespace interconnect
