#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "bench/browsers/voice.h"
#include "clock/nanos.h"
#include "rtp/packet.h"

namespace bench {

/** Decodes what a far end is sent and listens for a tone: when it is heard first, and where each burst of it begins. */
class Ear {
 public:
  Ear(VoiceCodec codec, double hz);
  ~Ear();

  /**
   * @param arrival when the kernel had it
   * @returns on the packets' own time line (arrival + place in the packet) where the tone begins, after 300 ms without it
   */
  std::optional<interconnect::Nanos> hear(const interconnect::RtpPacket& packet, interconnect::Nanos arrival);

 private:
  /** Where in the packet the tone is first as loud as half of its loudest; nothing without it. */
  std::optional<size_t> onset(const std::vector<int16_t>& pcm);

  const uint32_t rate_;
  const double hz_;
  std::unique_ptr<interconnect::Decoder> decoder_;
  std::vector<int16_t> pcm_;
  std::optional<interconnect::Nanos> lastHeard_;
};

/**
 * By how much later than it was said a burst in Opus is heard when it is encoded and decoded here, with nothing in between:
 * the codec's look-ahead, and what a threshold finds early.
 */
interconnect::Nanos ownOpusDelay();
/** Of that what the encoder alone holds back. */
interconnect::Nanos opusLookAhead();

}  // namespace bench
