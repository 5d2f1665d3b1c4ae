#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace interconnect {

/** Of every video codec (RFC 7741 §6.1, RFC 6184 §8.2.1). */
constexpr uint32_t kVideoClockRate = 90'000;

/** A video codec as it was agreed on; it is never decoded here, so its name only has to match. */
struct VideoCodec {
  std::string name;
  uint8_t payloadType;
  /** Of its retransmissions (RFC 4588), if there are any. */
  std::optional<uint8_t> retransmission;
};

/** The far end sends its picture in several sizes at once (RFC 8853). */
struct SimulcastSpec {
  static constexpr size_t kMaxLayers = 3;

  /** a=rid of each layer (RFC 8851); 1 to kMaxLayers. */
  std::vector<std::string> rids;
  /** Ids of the header extensions that name a packet's layer, and a retransmission's (RFC 8852). */
  uint8_t ridExtension;
  std::optional<uint8_t> repairedRidExtension;
};

/** What a far end may send. */
struct VideoReceiveSpec {
  std::vector<VideoCodec> codecs;
  /** What it is told to stay below, bit/s, whatever its listeners could take. */
  uint32_t maxBitrate;
  /** Id of the header extension that counts the packets of the transport; with it their arrival is told. */
  std::optional<uint8_t> transportSequence;
  /** Nothing: one stream. */
  std::optional<SimulcastSpec> simulcast;
};

/** What a far end is sent. */
struct VideoSendSpec {
  VideoCodec codec;
  uint32_t ssrc;
  /** Of retransmissions; without them nothing is sent again: under SRTP no number is used twice. */
  std::optional<uint32_t> retransmissionSsrc;
  /** Id of the header extension that says when a packet was sent; with it the far end knows its way better. */
  std::optional<uint8_t> absoluteSendTime;
};

}  // namespace interconnect
