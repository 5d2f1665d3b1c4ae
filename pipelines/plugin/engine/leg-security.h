#pragma once
#include <optional>

#include "srtp/srtp-receiver.h"
#include "srtp/srtp-sender.h"

namespace interconnect {

enum class MediaPort { Rtp, Rtcp };

/** One leg's SRTP, both ways: under keys that were signalled, or that DTLS will come to. */
class LegSecurity {
 public:

  /** Of SDES, for both ports. Streams go on under new keys; the same again change nothing. @throws Failure media.security-failed */
  void setKeys(const SrtpKeys& keys);
  /** Of a DTLS association, for its port alone (RFC 5764 §4.1). Without memory it stays without keys. */
  void setDtlsKeys(MediaPort port, const SrtpKeys& keys);

  /** Whether RTP can be sent and taken. */
  bool ready() const { return rtp_.has_value(); }
  /** nullptr while there are no keys. */
  SrtpSender* sender(MediaPort port);
  SrtpReceiver* receiver(MediaPort port);
  uint64_t unauthenticated() const { return unauthenticated_; }
  void countUnauthenticated() { unauthenticated_++; }

 private:
  struct Keyed {
    explicit Keyed(const SrtpKeys& keys) : sender(keys.send), receiver(keys.receive) {}
    SrtpSender sender;
    SrtpReceiver receiver;
  };
  std::optional<Keyed>& of(MediaPort port) { return port == MediaPort::Rtcp && separate_ ? rtcp_ : rtp_; }

  std::optional<Keyed> rtp_;
  std::optional<Keyed> rtcp_;
  bool separate_ = false;
  uint64_t unauthenticated_ = 0;
};

}  // namespace interconnect
