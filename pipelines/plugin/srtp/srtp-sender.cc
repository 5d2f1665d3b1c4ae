#include "srtp/srtp-sender.h"

#include "rtp/bytes.h"
#include "srtp/srtp-index.h"

namespace interconnect {

void SrtpSender::setKey(const SrtpKey& key) {
  if (key == key_) return;
  transform_ = SrtpTransform::make(key, SrtpDirection::Protect);
  key_ = key;
}

SrtpSource* SrtpSender::source(uint32_t ssrc) {
  if (SrtpSource* const known = sources_.find(ssrc)) return known;
  return sources_.full() ? nullptr : &sources_.add(ssrc);
}

size_t SrtpSender::protectRtp(uint8_t* packet, size_t size) {
  const auto header = parseSrtpHeader({packet, size});
  if (!header) return 0;
  SrtpSource* const from = source(header->ssrc);
  if (from == nullptr) return 0;
  const uint64_t index = estimateIndex(from->rtp.seen, header->sequence);
  if (index > kMaxRtpIndex || !from->rtp.seen.isNew(index)) return 0;
  from->rtp.seen.take(index);
  return transform_->protectRtp(packet, size, *header, index);
}

size_t SrtpSender::protectRtcp(uint8_t* packet, size_t size) {
  if (size < kRtcpHeaderBytes) return 0;
  SrtpSource* const from = source(read32(packet + 4));
  if (from == nullptr) return 0;
  ReplayWindow& sent = from->rtcp.seen;
  // RFC 3711 §3.4: the first has number zero, and a new key does not set it back.
  const uint64_t index = sent.begun() ? sent.highest() + 1 : 0;
  if (index > kMaxRtcpIndex) return 0;
  sent.take(index);
  return transform_->protectRtcp(packet, size, static_cast<uint32_t>(index));
}

}  // namespace interconnect
