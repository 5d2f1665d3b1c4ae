#include "srtp/srtp-receiver.h"

#include <algorithm>
#include <cstring>

#include "rtp/bytes.h"
#include "rtp/packet.h"

namespace interconnect {
namespace {

/** A peer that takes a new SSRC with every hold has reason for a dozen; more would only be memory. */
constexpr size_t kMaxSources = 32;
constexpr size_t kRtcpHeaderBytes = 8;

SrtpVerdict verdictOf(srtp_err_status_t status) {
  switch (status) {
    case srtp_err_status_ok: return SrtpVerdict::Good;
    case srtp_err_status_replay_fail:
    case srtp_err_status_replay_old: return SrtpVerdict::Replayed;
    // Too short for a tag, marked as not encrypted, failed to decrypt: libsrtp has a status for each, and they mean the same.
    default: return SrtpVerdict::Unauthenticated;
  }
}

}  // namespace

void SrtpReceiver::setKey(const SrtpKey& key) {
  if (key == key_) return;
  SrtpContext fromZero = srtpForReceiving(key);
  changeSrtpKey(*context_, key, std::nullopt);
  fromZero_ = std::move(fromZero);
  key_ = key;
}

SrtpReceiver::Opened SrtpReceiver::openRtp(Span datagram, uint8_t* room, size_t capacity) {
  if (datagram.size < kRtpHeaderBytes || (datagram.data[0] >> 6) != 2) return {SrtpVerdict::Malformed, {}};
  return open(&srtp_unprotect, read32(datagram.data + 8), datagram, room, capacity);
}

SrtpReceiver::Opened SrtpReceiver::openRtcp(Span datagram, uint8_t* room, size_t capacity) {
  if (datagram.size < kRtcpHeaderBytes || (datagram.data[0] >> 6) != 2) return {SrtpVerdict::Malformed, {}};
  return open(&srtp_unprotect_rtcp, read32(datagram.data + 4), datagram, room, capacity);
}

SrtpReceiver::Opened SrtpReceiver::open(Unprotect unprotect, uint32_t ssrc, Span datagram, uint8_t* room, size_t capacity) {
  if (datagram.size > capacity) return {SrtpVerdict::Malformed, {}};
  const auto attempt = [&](srtp_ctx_t& context) -> Opened {
    std::memcpy(room, datagram.data, datagram.size);
    int length = static_cast<int>(datagram.size);
    const SrtpVerdict verdict = verdictOf(unprotect(&context, room, &length));
    return {verdict, verdict == SrtpVerdict::Good ? Span{room, static_cast<size_t>(length)} : Span{}};
  };
  Opened opened = attempt(*context_);
  if (fromZero_) {
    if (opened.verdict == SrtpVerdict::Good) {
      fromZero_.reset();
    } else if (const Opened again = attempt(*fromZero_); again.verdict == SrtpVerdict::Good) {
      context_ = std::move(fromZero_);
      sources_.clear();
      opened = again;
    }
  }
  if (opened.verdict == SrtpVerdict::Good) remember(ssrc);
  return opened;
}

void SrtpReceiver::remember(uint32_t ssrc) {
  if (std::find(sources_.begin(), sources_.end(), ssrc) != sources_.end()) return;
  if (sources_.size() == kMaxSources) {
    try {
      context_ = srtpForReceiving(key_);
    } catch (const SrtpFailure&) {
      // No memory for another one: the old one still works.
    }
    sources_.clear();
  }
  sources_.push_back(ssrc);
}

}  // namespace interconnect
