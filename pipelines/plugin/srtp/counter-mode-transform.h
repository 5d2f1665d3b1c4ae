#pragma once
#include "srtp/aes.h"
#include "srtp/hmac-sha1.h"
#include "srtp/key-derivation.h"
#include "srtp/srtp-transform.h"

namespace interconnect {

/**
 * AES in counter mode with HMAC-SHA1 (RFC 3711 §4.1.1, §4.2.1; RFC 6188 with longer keys).
 *
 *     SRTP    header | encrypted | MKI | tag                    tag over header … encrypted, roll-over counter
 *     SRTCP   header | encrypted | E, index | MKI | tag         tag over header … index
 */
class CounterModeTransform : public SrtpTransform {
 public:
  /** @throws SrtpFailure */
  CounterModeTransform(const SessionKeys& rtp, const SessionKeys& rtcp, const SrtpSuiteFacts& facts, const SrtpMki& mki);

  size_t protectRtp(uint8_t* packet, size_t size, const SrtpHeader& header, uint64_t index) override;
  size_t protectRtcp(uint8_t* packet, size_t size, uint32_t index) override;
  std::optional<size_t> openRtp(Span datagram, const SrtpHeader& header, uint64_t index, uint8_t* room) override;
  std::optional<size_t> openRtcp(Span datagram, uint8_t* room) override;
  std::optional<uint32_t> rtcpIndex(Span datagram) const override;

 private:
  struct Flow {
    Flow(const SessionKeys& keys, size_t keyBytes)
        : cipher(keys.cipher.data(), keyBytes), hmac(Span{keys.authentication.data(), keys.authentication.size()}), salt(keys.salt) {}
    /** Encrypts and decrypts. */
    bool apply(uint32_t ssrc, uint64_t index, const uint8_t* in, uint8_t* out, size_t size);
    bool hasTag(const uint8_t* tag, size_t tagBytes, Span message, Span more) const;

    AesCounter cipher;
    HmacSha1 hmac;
    Secret<14> salt;
  };

  Flow rtp_;
  Flow rtcp_;
  const size_t rtpTagBytes_;
  const SrtpMki mki_;
};

}  // namespace interconnect
