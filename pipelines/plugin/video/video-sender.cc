#include "video/video-sender.h"

#include <strings.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "rtp/bytes.h"
#include "srtp/srtp-transform.h"

namespace interconnect {
namespace {

/** One picture at 25 a second, between the last of one source and the first of another. */
constexpr Nanos kPicture = 40 * kMillisecond;

/** What two layers' clocks may be apart from when their packets come; and how far pictures are apart at least. */
constexpr int64_t kMaxClockError = kVideoClockRate / 2;
constexpr int64_t kLeastStep = kVideoClockRate / 1000;

/** RFC 8285 §4.2, with one element of three bytes. */
constexpr size_t kExtensionBytes = 8;

/**
 * Behind a header of kRtpHeaderBytes: seconds modulo 64, in 6.18 fixed point
 * (http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time). @returns bytes
 */
size_t writeSendTime(uint8_t* packet, uint8_t id, Nanos now) {
  packet[0] |= 0x10;
  uint8_t* extension = packet + kRtpHeaderBytes;
  write32(extension, 0xbede0001);
  const Nanos since = now % (64 * kSecond);
  const auto time = static_cast<uint32_t>((since << 18) / kSecond) & 0xffffff;
  write32(extension + 4, static_cast<uint32_t>(id) << 28 | 2u << 24 | time);
  return kExtensionBytes;
}

}  // namespace

VideoSender::VideoSender(VideoSendSpec spec, VideoOutput& output, uint64_t random)
    : spec_(std::move(spec)),
      output_(output),
      sequence_(static_cast<uint16_t>(random)),
      timestamp_(static_cast<uint32_t>(random >> 16)),
      repeatSequence_(static_cast<uint16_t>(random >> 48)) {}

void VideoSender::begin(const RtpPacket& packet, int64_t number, Nanos now) {
  begun_ = true;
  first_ = number;
  newest_ = number - 1;
  timestampOffset_ = nextTimestamp(packet, now) - packet.timestamp;
  shift_.reset();
  if (isVp8()) vp8_.begin(packet.payload);
}

uint32_t VideoSender::nextTimestamp(const RtpPacket& packet, Nanos now) const {
  if (!sentAt_) return timestamp_;
  const auto since = static_cast<int64_t>(nanosToUnits(now - *sentAt_, kVideoClockRate));
  if (shift_) {
    const int64_t step = static_cast<int32_t>(packet.timestamp + *shift_ - timestamp_);
    if (std::abs(step - since) < kMaxClockError) return timestamp_ + static_cast<uint32_t>(std::max(step, kLeastStep));
  }
  return timestamp_ + static_cast<uint32_t>(std::max(since, static_cast<int64_t>(nanosToUnits(kPicture, kVideoClockRate))));
}

void VideoSender::changeLayer(std::optional<uint32_t> shift) {
  restart();
  if (shift) shift_ = timestampOffset_ + *shift;
}

bool VideoSender::isVp8() const { return strcasecmp(spec_.codec.name.c_str(), "VP8") == 0; }

void VideoSender::forward(const RtpPacket& packet, int64_t number, const VideoCodec& codec, Nanos now) {
  if (strcasecmp(codec.name.c_str(), spec_.codec.name.c_str()) != 0) return;
  if (!begun_) begin(packet, number, now);
  // One that comes late, or was mended, has its place still.
  if (number < first_) return;
  const RtpPacket header{packet.marker, spec_.codec.payloadType, sequenceOf(number), packet.timestamp + timestampOffset_, spec_.ssrc, {}};
  if (number > newest_) {
    newest_ = number;
    sequence_ = header.sequence;
    timestamp_ = header.timestamp;
    sentAt_ = now;
    if (isVp8()) vp8_.sent(packet.payload);
  }
  send(header, {}, packet.payload);
  packets_++;
  bytes_ += packet.payload.size;
}

void VideoSender::repeat(const RtcpFeedback& feedback, const PacketHistory& history) {
  const auto& type = spec_.codec.retransmission;
  if (!begun_ || !type || !spec_.retransmissionSsrc) return;
  for (size_t i = 0; i < feedback.lostCount; i++) {
    const int64_t number = newest_ - static_cast<uint16_t>(sequence_ - feedback.lost[i]);
    const RtpPacket* kept = number >= first_ ? history.find(number) : nullptr;
    if (kept == nullptr) continue;
    repeats_++;
    std::array<uint8_t, 2> original;
    write16(original.data(), feedback.lost[i]);
    const uint32_t timestamp = kept->timestamp + timestampOffset_;
    send({kept->marker, *type, repeatSequence_++, timestamp, *spec_.retransmissionSsrc, {}}, {original.data(), original.size()}, kept->payload);
  }
}

void VideoSender::send(const RtpPacket& header, Span prefix, Span payload) {
  if (kRtpHeaderBytes + kExtensionBytes + prefix.size + payload.size > kMaxPacket) return;
  const Nanos now = output_.now();
  std::array<uint8_t, kMaxPacket + kSrtpTrailerBytes> datagram;
  size_t size = writeRtpHeader(datagram.data(), header);
  if (spec_.absoluteSendTime) size += writeSendTime(datagram.data(), *spec_.absoluteSendTime, now);
  for (const Span part : {prefix, payload}) {
    std::copy_n(part.data, part.size, datagram.data() + size);
    size += part.size;
  }
  if (isVp8()) vp8_.renumber(datagram.data() + size - payload.size, payload.size);
  rate_.add(prefix.size + payload.size, now);
  output_.sendVideo(datagram.data(), size);
}

std::optional<SenderInfo> VideoSender::senderInfo(uint64_t ntp, Nanos now) const {
  if (!sentAt_) return std::nullopt;
  const auto timestamp = timestamp_ + static_cast<uint32_t>(nanosToUnits(now - *sentAt_, kVideoClockRate));
  return SenderInfo{ntp, timestamp, static_cast<uint32_t>(packets_), static_cast<uint32_t>(bytes_)};
}

}  // namespace interconnect
