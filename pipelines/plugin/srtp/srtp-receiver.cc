#include "srtp/srtp-receiver.h"

#include "rtp/bytes.h"
#include "srtp/srtp-index.h"

namespace interconnect {
namespace {

/** What comes of a datagram when it is numbered by what was seen. */
struct Attempt {
  SrtpVerdict verdict;
  uint64_t index = 0;
  size_t size = 0;
};

template <typename Open>
Attempt attemptAt(uint64_t index, const ReplayWindow& seen, const Open& open) {
  if (!seen.isNew(index)) return {SrtpVerdict::Replayed};
  const std::optional<size_t> size = open();
  return size ? Attempt{SrtpVerdict::Good, index, *size} : Attempt{SrtpVerdict::Unauthenticated};
}

template <typename ByWhatWasSeen>
Attempt take(SrtpSources& sources, uint32_t ssrc, SrtpNumbers SrtpSource::*flow, const ByWhatWasSeen& attempt) {
  SrtpSource* const source = sources.find(ssrc);
  SrtpNumbers none;
  SrtpNumbers& known = source != nullptr ? source->*flow : none;
  Attempt made = attempt(known.seen);
  if (made.verdict != SrtpVerdict::Good && known.unsettled) {
    if (const Attempt anew = attempt(none.seen); anew.verdict == SrtpVerdict::Good) {
      known.seen = none.seen;
      made = anew;
    }
  }
  if (made.verdict != SrtpVerdict::Good) return made;
  // Only what is authentic is remembered: anybody could fill the table otherwise.
  SrtpNumbers& numbers = source != nullptr ? known : sources.add(ssrc).*flow;
  numbers.seen.take(made.index);
  numbers.unsettled = false;
  return made;
}

}  // namespace

void SrtpReceiver::setKey(const SrtpKey& key) {
  if (key == key_) return;
  transform_ = SrtpTransform::make(key, SrtpDirection::Open);
  key_ = key;
  sources_.unsettle();
}

SrtpReceiver::Opened SrtpReceiver::openRtp(Span datagram, uint8_t* room, size_t capacity) {
  const auto header = parseSrtpHeader(datagram);
  if (!header || datagram.size > capacity) return {SrtpVerdict::Malformed, {}};
  const Attempt made = take(sources_, header->ssrc, &SrtpSource::rtp, [&](const ReplayWindow& seen) {
    const uint64_t index = estimateIndex(seen, header->sequence);
    if (index > kMaxRtpIndex) return Attempt{SrtpVerdict::Replayed};
    return attemptAt(index, seen, [&] { return transform_->openRtp(datagram, *header, index, room); });
  });
  return {made.verdict, {room, made.size}};
}

SrtpReceiver::Opened SrtpReceiver::openRtcp(Span datagram, uint8_t* room, size_t capacity) {
  if (datagram.size < kRtcpHeaderBytes || (datagram.data[0] >> 6) != 2 || datagram.size > capacity) return {SrtpVerdict::Malformed, {}};
  const auto index = transform_->rtcpIndex(datagram);
  if (!index) return {SrtpVerdict::Unauthenticated, {}};
  const Attempt made = take(sources_, read32(datagram.data + 4), &SrtpSource::rtcp, [&](const ReplayWindow& seen) {
    return attemptAt(*index, seen, [&] { return transform_->openRtcp(datagram, room); });
  });
  return {made.verdict, {room, made.size}};
}

}  // namespace interconnect
