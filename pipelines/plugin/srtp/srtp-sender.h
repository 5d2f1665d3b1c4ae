#pragma once
#include <cstddef>
#include <memory>

#include "srtp/srtp-sources.h"
#include "srtp/srtp-transform.h"

namespace interconnect {

/** Protects the RTP and RTCP that one leg sends (RFC 3711, RFC 7714). */
class SrtpSender {
 public:
  /** @throws SrtpFailure */
  explicit SrtpSender(const SrtpKey& key) : key_(key), transform_(SrtpTransform::make(key, SrtpDirection::Protect)) {}

  /** The same key again changes nothing; under another one the counters go on (RFC 3711 §3.3.1). @throws SrtpFailure */
  void setKey(const SrtpKey& key);

  /**
   * In place: `packet` has room for kSrtpTrailerBytes more.
   * @returns bytes; 0 when it cannot be protected: its number was used before (never a second packet by one key stream), it
   *   is none, or there are more sources than SrtpSources::kMax
   */
  size_t protectRtp(uint8_t* packet, size_t size);
  size_t protectRtcp(uint8_t* packet, size_t size);

 private:
  /** Nothing when there are too many: a forgotten one would begin at zero again. */
  SrtpSource* source(uint32_t ssrc);

  SrtpKey key_;
  std::unique_ptr<SrtpTransform> transform_;
  SrtpSources sources_;
};

}  // namespace interconnect
