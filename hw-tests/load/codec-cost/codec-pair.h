// What one leg takes of a codec, with nothing around it: an encoder as the gateway sets it up, and a decoder for what rtpload sends.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

namespace cost {

constexpr int kPacketMs = 20;

class CodecPair {
 public:
  virtual ~CodecPair() = default;
  virtual int sampleRate() const = 0;
  // Of one packet of kPacketMs; `payload` keeps its storage from packet to packet. Throws what went wrong.
  virtual void encode(const std::vector<int16_t>& pcm, std::vector<uint8_t>& payload) = 0;
  // The same packet as rtpload sends it.
  virtual void encodeAsLoad(const std::vector<int16_t>& pcm, std::vector<uint8_t>& payload) { encode(pcm, payload); }
  virtual void decode(const std::vector<uint8_t>& payload, std::vector<int16_t>& pcm) = 0;
};

std::unique_ptr<CodecPair> makePcmu();
std::unique_ptr<CodecPair> makeG722();
std::unique_ptr<CodecPair> makeOpus();
// At the settings of the design's budget: 32 kbit/s, for which the gateway takes the speech coder.
std::unique_ptr<CodecPair> makeOpus32();

}  // namespace cost
