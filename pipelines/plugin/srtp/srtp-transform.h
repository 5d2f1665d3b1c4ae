#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "rtp/span.h"
#include "srtp/srtp-header.h"
#include "srtp/srtp-key.h"

namespace interconnect {

/** What a protected packet may be longer than the plain one: tag, SRTCP index, MKI. */
constexpr size_t kSrtpTrailerBytes = 16 + 4 + SrtpMki::kMaxBytes;
constexpr size_t kRtcpHeaderBytes = 8;

/** Whether a transform protects or opens: the two never share a key (RFC 3711 §9.1). */
enum class SrtpDirection { Protect, Open };

/**
 * Protects or opens single packets under one master key. It knows no stream: the caller says (or, of SRTCP, reads) the
 * index and keeps account of which it saw.
 */
class SrtpTransform {
 public:
  /** @throws SrtpFailure */
  static std::unique_ptr<SrtpTransform> make(const SrtpKey& key, SrtpDirection direction);
  virtual ~SrtpTransform() = default;
  SrtpTransform(const SrtpTransform&) = delete;
  SrtpTransform& operator=(const SrtpTransform&) = delete;

  /** In place, with room for kSrtpTrailerBytes more. @returns bytes; 0 when OpenSSL fails */
  virtual size_t protectRtp(uint8_t* packet, size_t size, const SrtpHeader& header, uint64_t index) = 0;
  /** @param size kRtcpHeaderBytes at least */
  virtual size_t protectRtcp(uint8_t* packet, size_t size, uint32_t index) = 0;

  /** @param room for the plain packet @returns its bytes; nothing when the datagram is not authentic by this index */
  virtual std::optional<size_t> openRtp(Span datagram, const SrtpHeader& header, uint64_t index, uint8_t* room) = 0;
  /** @param datagram one that has an rtcpIndex() */
  virtual std::optional<size_t> openRtcp(Span datagram, uint8_t* room) = 0;
  /** Nothing when the datagram is too short to have one, or says that it is not encrypted. Authentic or not is open yet. */
  virtual std::optional<uint32_t> rtcpIndex(Span datagram) const = 0;

 protected:
  SrtpTransform() = default;
};

}  // namespace interconnect
