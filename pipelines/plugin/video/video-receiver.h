#pragma once
#include <optional>
#include <vector>

#include "rtp/receive-statistics.h"
#include "video/missing-packets.h"
#include "video/packet-history.h"
#include "video/transport-arrivals.h"
#include "video/video-spec.h"

namespace interconnect {

/** Takes the packets of a stream of video as they come. */
class VideoListener {
 public:
  /** @param number of the source's stream, cycles included @param codec of the packet */
  virtual void video(const RtpPacket& packet, int64_t number, const VideoCodec& codec, Nanos now) = 0;
  /** Another stream begins (another SSRC, a jump): numbers start anew. */
  virtual void videoRestarted() = 0;

 protected:
  ~VideoListener() = default;
};

/**
 * The video that one far end sends: put in order by nobody, only numbered, kept for a while, and handed on. It asks the far
 * end for what got lost on the way here, and for key frames when somebody needs one.
 */
class VideoReceiver {
 public:
  explicit VideoReceiver(VideoReceiveSpec spec) : spec_(std::move(spec)) {}

  void set(VideoReceiveSpec spec) { spec_ = std::move(spec); }
  bool takes(uint8_t payloadType) const;
  /** A datagram of it came, whatever is in it. */
  void arrived(Span datagram, Nanos arrival);
  /** Each packet once, also one that came as a retransmission. */
  void put(const RtpPacket& packet, Nanos arrival, VideoListener& out);

  /** Somebody cannot go on without one. */
  void needKeyFrame() { keyFrameNeeded_ = true; }
  /** The least that all who are sent it can take; nothing: nobody has said. bit/s */
  void setBitrate(std::optional<uint64_t> bitrate) { bitrate_ = bitrate; }
  /** Feedback and reports that are due, as one reduced-size packet (RFC 5506). @returns bytes, 0 when nothing is */
  size_t writeFeedback(uint8_t* out, size_t capacity, uint32_t own, Nanos now);
  void senderReport(uint64_t ntp, Nanos arrival) { statistics_.senderReport(ntp, arrival); }

  const PacketHistory& history() const { return history_; }
  const ReceiveStatistics& statistics() const { return statistics_; }
  std::optional<uint32_t> ssrc() const { return statistics_.ssrc(); }
  uint64_t keyFramesAsked() const { return keyFramesAsked_; }
  uint64_t repeatsAsked() const { return repeatsAsked_; }
  uint64_t repaired() const { return repaired_; }

 private:
  void repeat(const RtpPacket& packet, const VideoCodec& codec, Nanos arrival, VideoListener& out);
  void take(const RtpPacket& packet, int64_t number, const VideoCodec& codec, Nanos arrival, VideoListener& out);

  VideoReceiveSpec spec_;
  ReceiveStatistics statistics_{kVideoClockRate};
  MissingPackets missing_;
  PacketHistory history_;
  TransportArrivals arrivals_;
  bool keyFrameNeeded_ = false;
  std::optional<Nanos> keyFrameAskedAt_;
  std::optional<uint64_t> bitrate_;
  Nanos nextReport_ = 0;
  std::vector<uint16_t> ask_;
  uint64_t keyFramesAsked_ = 0;
  uint64_t repeatsAsked_ = 0;
  uint64_t repaired_ = 0;
};

}  // namespace interconnect
