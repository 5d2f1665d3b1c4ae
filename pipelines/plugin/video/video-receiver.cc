#include "video/video-receiver.h"

#include <algorithm>

#include "rtp/bytes.h"
#include "rtp/header-extension.h"
#include "video/rtcp-feedback.h"

namespace interconnect {
namespace {

/** An encoder that is asked more often makes nothing but key frames; who still needs one then waits so long. */
constexpr Nanos kBetweenKeyFrames = 500 * kMillisecond;
constexpr Nanos kReports = kSecond;

}  // namespace

bool VideoReceiver::takes(uint8_t payloadType) const {
  return std::any_of(spec_.codecs.begin(), spec_.codecs.end(), [&](const VideoCodec& codec) {
    return codec.payloadType == payloadType || codec.retransmission == payloadType;
  });
}

void VideoReceiver::arrived(Span datagram, Nanos arrival) {
  if (!spec_.transportSequence) return;
  const auto sequence = headerExtension(datagram, *spec_.transportSequence);
  if (sequence && sequence->size == 2) arrivals_.came(read16(sequence->data), arrival);
}

void VideoReceiver::put(const RtpPacket& packet, Nanos arrival, VideoListener& out) {
  for (const VideoCodec& codec : spec_.codecs) {
    if (codec.retransmission == packet.payloadType) return repeat(packet, codec, arrival, out);
    if (codec.payloadType != packet.payloadType) continue;
    const auto verdict = statistics_.received(packet, arrival);
    if (verdict == SequenceTracker::Verdict::Suspect) return;
    if (verdict == SequenceTracker::Verdict::Restarted) {
      missing_.restart();
      history_.clear();
      needKeyFrame();
      out.videoRestarted();
    }
    return take(packet, statistics_.number(), codec, arrival, out);
  }
}

/** RFC 4588 §4: the payload begins with the original's sequence number. Padding to probe with holds nothing. */
void VideoReceiver::repeat(const RtpPacket& packet, const VideoCodec& codec, Nanos arrival, VideoListener& out) {
  if (packet.payload.size <= 2 || !statistics_.ssrc()) return;
  RtpPacket original = packet;
  original.payloadType = codec.payloadType;
  original.ssrc = *statistics_.ssrc();
  original.sequence = read16(packet.payload.data);
  original.payload = {packet.payload.data + 2, packet.payload.size - 2};
  const int64_t latest = statistics_.number();
  const int64_t number = latest + static_cast<int16_t>(original.sequence - static_cast<uint16_t>(latest));
  if (history_.find(number) == nullptr) repaired_++;
  take(original, number, codec, arrival, out);
}

void VideoReceiver::take(const RtpPacket& packet, int64_t number, const VideoCodec& codec, Nanos arrival, VideoListener& out) {
  // A duplicate; or so late that a newer one has its place.
  if (history_.holds(number)) return;
  missing_.came(number, arrival);
  history_.put(number, packet);
  out.video(packet, number, codec, arrival);
}

size_t VideoReceiver::writeFeedback(uint8_t* out, size_t capacity, uint32_t own, Nanos now) {
  const auto about = ssrc();
  if (!about) return 0;
  size_t bytes = 0;
  if (now >= nextReport_) {
    nextReport_ = now + kReports;
    RtcpMessage report;
    report.ssrc = own;
    report.block = statistics_.report(now);
    bytes += writeRtcp(out + bytes, capacity - bytes, report);
    bytes += writeBitrate(out + bytes, capacity - bytes, own, *about, std::min<uint64_t>(spec_.maxBitrate, bitrate_.value_or(UINT64_MAX)));
  }
  // It has a datagram nearly to itself: there is always room for more than one hole.
  bytes += arrivals_.write(out + bytes, capacity - bytes, own, *about, now);
  missing_.due(now, ask_);
  repeatsAsked_ += ask_.size();
  if (!ask_.empty()) bytes += writeNack(out + bytes, capacity - bytes, own, *about, ask_);
  if (missing_.takeGivenUp()) needKeyFrame();
  if (keyFrameNeeded_ && (!keyFrameAskedAt_ || now - *keyFrameAskedAt_ >= kBetweenKeyFrames)) {
    keyFrameNeeded_ = false;
    keyFrameAskedAt_ = now;
    keyFramesAsked_++;
    bytes += writePictureLoss(out + bytes, capacity - bytes, own, *about);
  }
  return bytes;
}

}  // namespace interconnect
