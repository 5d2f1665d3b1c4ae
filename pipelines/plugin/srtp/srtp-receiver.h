#pragma once
#include <cstddef>
#include <memory>

#include "rtp/span.h"
#include "srtp/srtp-sources.h"
#include "srtp/srtp-transform.h"

namespace interconnect {

enum class SrtpVerdict {
  Good,
  /** No right tag: another key, no key, or changed on its way. */
  Unauthenticated,
  /** Came before, or is too old to tell. */
  Replayed,
  Malformed,
};

/** Opens the RTP and RTCP that one leg receives (RFC 3711, RFC 7714), of as many sources as a call may see. */
class SrtpReceiver {
 public:
  /** @throws SrtpFailure */
  explicit SrtpReceiver(const SrtpKey& key) : key_(key), transform_(SrtpTransform::make(key, SrtpDirection::Open)) {}

  /**
   * The same key again changes nothing. Under another one a source's numbers go on (RFC 3711 §3.3.1), or begin anew, as
   * peers are seen to do: its first authentic packet decides.
   * @throws SrtpFailure
   */
  void setKey(const SrtpKey& key);

  struct Opened {
    SrtpVerdict verdict;
    /** The plain packet, in `room`, when the verdict is Good. */
    Span plain;
  };
  /** A datagram that is longer than `capacity` is malformed. */
  Opened openRtp(Span datagram, uint8_t* room, size_t capacity);
  Opened openRtcp(Span datagram, uint8_t* room, size_t capacity);

 private:
  SrtpKey key_;
  std::unique_ptr<SrtpTransform> transform_;
  SrtpSources sources_;
};

}  // namespace interconnect
