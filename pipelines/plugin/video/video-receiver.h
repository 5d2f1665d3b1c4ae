#pragma once
#include <optional>
#include <vector>

#include "rtp/receive-statistics.h"
#include "rtp/rtcp.h"
#include "video/key-frame.h"
#include "video/missing-packets.h"
#include "video/packet-history.h"
#include "video/sent-rate.h"
#include "video/video-spec.h"

namespace interconnect {

/** Takes the packets of a stream of video as they come. */
class VideoListener {
 public:
  /** @param layer of simulcast; 0 without @param number of the layer's stream, cycles included @param codec of the packet */
  virtual void video(size_t layer, const RtpPacket& packet, int64_t number, const VideoCodec& codec, Nanos now) = 0;
  /** Another stream begins (another SSRC, a jump): numbers start anew. */
  virtual void videoRestarted(size_t layer) = 0;

 protected:
  ~VideoListener() = default;
};

/**
 * One stream of video that a far end sends: put in order by nobody, only numbered, kept for a while, and handed on. It asks the
 * far end for what got lost on the way here, and for key frames when somebody needs one.
 */
class VideoReceiver {
 public:
  VideoReceiver(std::vector<VideoCodec> codecs, size_t layer) : codecs_(std::move(codecs)), layer_(layer) {}

  void set(std::vector<VideoCodec> codecs) { codecs_ = std::move(codecs); }
  /** Each packet once, also one that came as a retransmission. */
  void put(const RtpPacket& packet, Nanos arrival, VideoListener& out);

  /** Somebody cannot go on without one. */
  void needKeyFrame() { keyFrameNeeded_ = true; }
  /** A receiver report. @returns bytes, 0 before the first packet */
  size_t writeReport(uint8_t* out, size_t capacity, uint32_t own, Nanos now);
  /** What the far end is to send (again). @returns bytes, 0 when there is nothing */
  size_t writeFeedback(uint8_t* out, size_t capacity, uint32_t own, Nanos now);
  void senderReport(const SenderInfo& report, Nanos arrival);

  const PacketHistory& history() const { return history_; }
  const ReceiveStatistics& statistics() const { return statistics_; }
  std::optional<uint32_t> ssrc() const { return statistics_.ssrc(); }
  /** Of the newest key frame whose first packet came. */
  const std::optional<VideoSize>& size() const { return size_; }
  /** Bit/s that came for a while. */
  uint64_t bitrate(Nanos now) { return rate_.lasting(now); }
  /** What its last sender report says of its time. */
  const std::optional<SenderInfo>& reported() const { return reported_; }
  uint64_t keyFramesAsked() const { return keyFramesAsked_; }
  uint64_t repeatsAsked() const { return repeatsAsked_; }
  uint64_t repaired() const { return repaired_; }

 private:
  void repeat(const RtpPacket& packet, const VideoCodec& codec, Nanos arrival, VideoListener& out);
  void take(const RtpPacket& packet, int64_t number, const VideoCodec& codec, Nanos arrival, VideoListener& out);

  std::vector<VideoCodec> codecs_;
  const size_t layer_;
  ReceiveStatistics statistics_{kVideoClockRate};
  MissingPackets missing_;
  PacketHistory history_;
  SentRate rate_;
  std::optional<VideoSize> size_;
  std::optional<SenderInfo> reported_;
  bool keyFrameNeeded_ = false;
  std::optional<Nanos> keyFrameAskedAt_;
  std::vector<uint16_t> ask_;
  uint64_t keyFramesAsked_ = 0;
  uint64_t repeatsAsked_ = 0;
  uint64_t repaired_ = 0;
};

}  // namespace interconnect
