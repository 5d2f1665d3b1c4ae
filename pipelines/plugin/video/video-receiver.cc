#include "video/video-receiver.h"

#include <algorithm>

#include "rtp/bytes.h"
#include "video/rtcp-feedback.h"

namespace interconnect {
namespace {

/** An encoder that is asked more often makes nothing but key frames; who still needs one then waits so long. */
constexpr Nanos kBetweenKeyFrames = 500 * kMillisecond;

}  // namespace

void VideoReceiver::put(const RtpPacket& packet, Nanos arrival, VideoListener& out) {
  for (const VideoCodec& codec : codecs_) {
    if (codec.retransmission == packet.payloadType) return repeat(packet, codec, arrival, out);
    if (codec.payloadType != packet.payloadType) continue;
    const auto verdict = statistics_.received(packet, arrival);
    if (verdict == SequenceTracker::Verdict::Suspect) return;
    if (verdict == SequenceTracker::Verdict::Restarted) {
      missing_.restart();
      history_.clear();
      reported_.reset();
      needKeyFrame();
      out.videoRestarted(layer_);
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
  rate_.add(packet.payload.size, arrival);
  if (const auto size = keyFrameSize(codec.name, packet.payload)) size_ = size;
  out.video(layer_, packet, number, codec, arrival);
}

void VideoReceiver::senderReport(const SenderInfo& report, Nanos arrival) {
  statistics_.senderReport(report.ntp, arrival);
  reported_ = report;
}

size_t VideoReceiver::writeReport(uint8_t* out, size_t capacity, uint32_t own, Nanos now) {
  RtcpMessage message;
  message.ssrc = own;
  message.block = statistics_.report(now);
  return message.block ? writeRtcp(out, capacity, message) : 0;
}

size_t VideoReceiver::writeFeedback(uint8_t* out, size_t capacity, uint32_t own, Nanos now) {
  const auto about = ssrc();
  if (!about) return 0;
  size_t bytes = 0;
  missing_.due(now, ask_);
  repeatsAsked_ += ask_.size();
  if (missing_.takeGivenUp()) needKeyFrame();
  if (keyFrameNeeded_ && (!keyFrameAskedAt_ || now - *keyFrameAskedAt_ >= kBetweenKeyFrames)) {
    const size_t asked = writePictureLoss(out + bytes, capacity - bytes, own, *about);
    bytes += asked;
    if (asked > 0) {
      keyFrameNeeded_ = false;
      keyFrameAskedAt_ = now;
      keyFramesAsked_++;
    }
  }
  if (!ask_.empty()) bytes += writeNack(out + bytes, capacity - bytes, own, *about, ask_);
  return bytes;
}

}  // namespace interconnect
