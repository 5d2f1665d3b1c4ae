#pragma once
#include "srtp/aes.h"
#include "srtp/key-derivation.h"
#include "srtp/srtp-transform.h"

namespace interconnect {

/**
 * AES-GCM (RFC 7714).
 *
 *     SRTP    header | encrypted | tag | MKI                    authenticated: header
 *     SRTCP   header | encrypted | tag | E, index | MKI         authenticated: header; E, index
 */
class GcmTransform : public SrtpTransform {
 public:
  /** @throws SrtpFailure */
  GcmTransform(const SessionKeys& rtp, const SessionKeys& rtcp, const SrtpSuiteFacts& facts, const SrtpMki& mki, SrtpDirection direction);

  size_t protectRtp(uint8_t* packet, size_t size, const SrtpHeader& header, uint64_t index) override;
  size_t protectRtcp(uint8_t* packet, size_t size, uint32_t index) override;
  std::optional<size_t> openRtp(Span datagram, const SrtpHeader& header, uint64_t index, uint8_t* room) override;
  std::optional<size_t> openRtcp(Span datagram, uint8_t* room) override;
  std::optional<uint32_t> rtcpIndex(Span datagram) const override;

 private:
  AesGcm rtp_;
  AesGcm rtcp_;
  Secret<14> rtpSalt_;
  Secret<14> rtcpSalt_;
  const SrtpMki mki_;
};

}  // namespace interconnect
