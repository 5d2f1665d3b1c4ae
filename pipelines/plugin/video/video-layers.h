#pragma once
#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "video/layer-choice.h"
#include "video/transport-arrivals.h"
#include "video/video-receiver.h"

namespace interconnect {

/**
 * The video that one far end sends: one stream, or the layers of simulcast, which are told apart by their RID (RFC 8852), and by
 * their SSRC once that is known. A layer has one SSRC and one of retransmissions at a time: the last that it was named with.
 */
class VideoLayers {
 public:
  explicit VideoLayers(VideoReceiveSpec spec);

  /** Whether that asks for no others: what came of them goes on to count. */
  bool layersStay(const VideoReceiveSpec& spec) const;
  void set(VideoReceiveSpec spec);
  bool takes(uint8_t payloadType) const;
  /** One that it takes. @param datagram the whole packet, decrypted */
  void put(const RtpPacket& packet, Span datagram, Nanos arrival, VideoListener& out);

  bool simulcast() const { return spec_.simulcast.has_value(); }
  /** At least one. */
  size_t count() const { return layers_.size(); }
  VideoReceiver& layer(size_t layer) { return layers_[layer]->receiver; }
  const VideoReceiver& layer(size_t layer) const { return layers_[layer]->receiver; }
  /** Whose packets have come in the last second, the smallest first. */
  std::vector<LayerState> active(Nanos now);
  /** The layer whose stream that is. */
  VideoReceiver* withSsrc(uint32_t ssrc);
  const VideoReceiver* withSsrc(uint32_t ssrc) const;

  /** The least that all who are sent it can take; nothing: nobody has said. bit/s */
  void setBitrate(std::optional<uint64_t> bitrate) { bitrate_ = bitrate; }
  /** Feedback and reports that are due, as one reduced-size packet (RFC 5506). @returns bytes, 0 when nothing is */
  size_t writeFeedback(uint8_t* out, size_t capacity, uint32_t own, Nanos now);

 private:
  struct Layer {
    VideoReceiver receiver;
    std::optional<uint32_t> ssrc;
    std::optional<uint32_t> repeats;
    Nanos lastArrival = 0;
  };

  bool repeats(uint8_t payloadType) const;
  Layer* named(const RtpPacket& packet, Span datagram);
  Layer* layerOf(const RtpPacket& packet, Span datagram);

  VideoReceiveSpec spec_;
  std::vector<std::unique_ptr<Layer>> layers_;
  TransportArrivals arrivals_;
  std::optional<uint64_t> bitrate_;
  Nanos nextReport_ = 0;
};

}  // namespace interconnect
