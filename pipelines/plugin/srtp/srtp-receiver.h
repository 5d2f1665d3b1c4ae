#pragma once
#include <cstddef>
#include <vector>

#include "rtp/span.h"
#include "srtp/srtp-context.h"

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
  explicit SrtpReceiver(const SrtpKey& key) : key_(key), context_(srtpForReceiving(key)) {}

  /** The same key again changes nothing. @throws SrtpFailure */
  void setKey(const SrtpKey& key);

  struct Opened {
    SrtpVerdict verdict;
    /** The plain packet, in `room`, when the verdict is Good. */
    Span plain;
  };
  /** @param room aligned to 8 bytes; a longer datagram than it holds is malformed */
  Opened openRtp(Span datagram, uint8_t* room, size_t capacity);
  Opened openRtcp(Span datagram, uint8_t* room, size_t capacity);

 private:
  using Unprotect = srtp_err_status_t (*)(srtp_t, void*, int*);
  Opened open(Unprotect unprotect, uint32_t ssrc, Span datagram, uint8_t* room, size_t capacity);
  void remember(uint32_t ssrc);

  SrtpKey key_;
  SrtpContext context_;
  /**
   * After a change of keys: the same key with its counters at zero. RFC 3711 §3.3.1 lets them go on, but peers are seen
   * that begin anew; the first packet that is authentic decides.
   */
  SrtpContext fromZero_;
  /** Sources that context_ keeps state of. */
  std::vector<uint32_t> sources_;
};

}  // namespace interconnect
