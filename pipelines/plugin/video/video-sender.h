#pragma once
#include <optional>

#include "clock/nanos.h"
#include "rtp/rtcp.h"
#include "video/packet-history.h"
#include "video/rtcp-feedback.h"
#include "video/sent-rate.h"
#include "video/video-spec.h"
#include "video/vp8-descriptor.h"

namespace interconnect {

/** Puts a finished RTP packet of video on its way. */
class VideoOutput {
 public:
  /** @param datagram with room for kSrtpTrailerBytes behind it */
  virtual void sendVideo(uint8_t* datagram, size_t size) = 0;
  /** False while nothing would arrive: the far end has no keys yet, or takes nothing. */
  virtual bool mayBeShown() const = 0;
  virtual Nanos now() const = 0;

 protected:
  ~VideoOutput() = default;
};

/**
 * The one stream of video that a far end is sent, whoever makes it: SSRC, sequence numbers and time stamps go on when the
 * source changes or begins anew.
 */
class VideoSender {
 public:
  /** @param sequence, timestamp random (RFC 3550 §5.1) */
  VideoSender(VideoSendSpec spec, VideoOutput& output, uint64_t random);

  void set(VideoSendSpec spec) { spec_ = std::move(spec); }
  const VideoSendSpec& spec() const { return spec_; }
  /** The source is another one, or has begun anew. */
  void restart() {
    begun_ = false;
    shift_.reset();
  }
  /**
   * The next packet is of another layer of the same source.
   * @param shift what its time stamps are behind those of the layer before, at one and the same time; nothing when nobody has said:
   *   then it counts when they come
   */
  void changeLayer(std::optional<uint32_t> shift);
  void forward(const RtpPacket& packet, int64_t number, const VideoCodec& codec, Nanos now);
  /** What the far end asks for again. */
  void repeat(const RtcpFeedback& feedback, const PacketHistory& history);

  /** A report of what was sent; nothing before the first packet. */
  std::optional<SenderInfo> senderInfo(uint64_t ntp, Nanos now) const;

  /** Bit/s that were sent for a while, retransmissions included. */
  uint64_t bitrate() { return rate_.lasting(output_.now()); }
  uint64_t packets() const { return packets_; }
  uint64_t repeats() const { return repeats_; }

 private:
  static constexpr size_t kMaxPacket = 1504;

  void send(const RtpPacket& header, Span prefix, Span payload);

  bool isVp8() const;
  void begin(const RtpPacket& packet, int64_t number, Nanos now);
  uint32_t nextTimestamp(const RtpPacket& packet, Nanos now) const;
  uint16_t sequenceOf(int64_t number) const { return static_cast<uint16_t>(sequence_ + (number - newest_)); }

  VideoSendSpec spec_;
  VideoOutput& output_;
  /** Packets of the source have their places. */
  bool begun_ = false;
  /** The source's newest packet that was sent, and the one before which nothing is. */
  int64_t newest_ = 0;
  int64_t first_ = 0;
  /** Of the newest packet. */
  uint16_t sequence_;
  uint32_t timestamp_;
  std::optional<Nanos> sentAt_;
  /** Our time stamps minus the source's. */
  uint32_t timestampOffset_ = 0;
  /** What it would have to be for the next layer. */
  std::optional<uint32_t> shift_;
  Vp8Numbers vp8_;
  uint16_t repeatSequence_;
  SentRate rate_;
  uint64_t packets_ = 0;
  uint64_t bytes_ = 0;
  uint64_t repeats_ = 0;
};

}  // namespace interconnect
