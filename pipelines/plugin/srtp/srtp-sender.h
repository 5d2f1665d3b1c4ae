#pragma once
#include <cstddef>

#include "srtp/srtp-context.h"

namespace interconnect {

/** Protects the RTP and RTCP that one leg sends (RFC 3711, RFC 7714). */
class SrtpSender {
 public:
  /** @throws SrtpFailure */
  SrtpSender(const SrtpKey& key, uint32_t ssrc) : ssrc_(ssrc), key_(key), context_(srtpForSending(key, ssrc)) {}

  /** The same key again changes nothing. @throws SrtpFailure */
  void setKey(const SrtpKey& key);

  /**
   * In place: `packet` is aligned to 8 bytes and has room for kSrtpTrailerBytes more.
   * @returns bytes; 0 when it cannot be protected (its number was used before: never a second packet by one key stream)
   */
  size_t protectRtp(uint8_t* packet, size_t size);
  size_t protectRtcp(uint8_t* packet, size_t size);

 private:
  const uint32_t ssrc_;
  SrtpKey key_;
  SrtpContext context_;
};

}  // namespace interconnect
