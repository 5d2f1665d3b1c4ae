#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "video/video-layers.h"
#include "video/video-sender.h"

namespace interconnect {

/**
 * The video of one leg: what its far end sends, what it is sent, and who sees whom. Nothing is decoded: packets go on in the
 * moment in which they come.
 */
class LegVideo final : private VideoListener {
 public:
  /** @param output sends what this leg's far end sees */
  LegVideo(VideoOutput& output, uint64_t random) : output_(output), random_(random) {}
  ~LegVideo();
  LegVideo(const LegVideo&) = delete;
  LegVideo& operator=(const LegVideo&) = delete;

  /** Nothing: none is taken. */
  void receive(std::optional<VideoReceiveSpec> spec);
  /** Nothing: none is sent. */
  void send(std::optional<VideoSendSpec> spec);
  /** From now on something arrives at the far end: it begins with a key frame. */
  void opened();
  /** Whose video its far end sees from now on; nullptr: nobody's. */
  void see(LegVideo* source);
  /** Of layers the smallest that is as large is sent; nothing: the largest. */
  void prefer(std::optional<VideoSize> size);

  bool takes(uint8_t payloadType) const { return receiver_ && receiver_->takes(payloadType); }
  /** One that it takes. @param datagram the whole packet, decrypted */
  void put(const RtpPacket& packet, Span datagram, Nanos arrival) { receiver_->put(packet, datagram, arrival, *this); }
  /**
   * RTCP of the far end.
   * @param compound what it reports
   * @returns whether that is of its video
   */
  bool feedback(Span datagram, const std::optional<RtcpCompound>& compound, Nanos arrival);
  /** @returns bytes of what is due to the far end; 0 when nothing is. @param own the SSRC that speaks */
  size_t writeFeedback(uint8_t* out, size_t capacity, uint32_t own, uint64_t ntp, Nanos now);
  /** Whether packets should be taken when they come. */
  bool urgent() const { return !viewers_.empty(); }

  const VideoLayers* receiver() const { return receiver_ ? &*receiver_ : nullptr; }
  const VideoSender* sender() const { return sender_ ? &*sender_ : nullptr; }

 private:
  void video(size_t layer, const RtpPacket& packet, int64_t number, const VideoCodec& codec, Nanos now) override;
  void videoRestarted(size_t layer) override;
  /** A packet of its source. */
  void show(size_t layer, const RtpPacket& packet, int64_t number, const VideoCodec& codec, Nanos now);
  void choose(Nanos now);
  void change(size_t layer);
  void restart();
  void needKeyFrame();
  void estimated(uint64_t bitrate);
  void limit();

  VideoOutput& output_;
  const uint64_t random_;
  std::optional<VideoLayers> receiver_;
  std::optional<VideoSender> sender_;
  LegVideo* source_ = nullptr;
  std::vector<LegVideo*> viewers_;
  LayerChoice choice_;
  /** The source's layer that is sent, and the one that is to be from its next key frame on. */
  std::optional<size_t> shown_;
  std::optional<size_t> chosen_;
  Nanos nextChoice_ = 0;
  /** What the far end can take, as it says; nothing while its way has shown no limit. */
  std::optional<uint64_t> bitrate_;
  /** The last estimate of it. */
  std::optional<uint64_t> estimate_;
  Nanos nextReport_ = 0;
};

}  // namespace interconnect
