#include "codec/make-codec.h"

#include "codec/chain-codec.h"
#include "codec/g711-codec.h"
#include "codec/g722-codec.h"
#include "codec/g729-codec.h"
#include "codec/opus-codec.h"

namespace interconnect {

std::unique_ptr<Decoder> makeDecoder(const CodecSpec& spec) {
  if (const auto* chain = std::get_if<ChainDescriptions>(&spec.implementation)) {
    return std::make_unique<ChainDecoder>(*chain, spec.sampleRate);
  }
  if (std::holds_alternative<G722>(spec.implementation)) return std::make_unique<G722Decoder>();
  if (std::holds_alternative<G729>(spec.implementation)) return std::make_unique<G729Decoder>();
  if (std::holds_alternative<OpusParameters>(spec.implementation)) return std::make_unique<OpusPacketDecoder>(spec.sampleRate);
  return std::make_unique<G711Decoder>(std::holds_alternative<Pcmu>(spec.implementation) ? G711Law::Mu : G711Law::A);
}

std::unique_ptr<Encoder> makeEncoder(const CodecSpec& spec) {
  if (const auto* chain = std::get_if<ChainDescriptions>(&spec.implementation)) {
    return std::make_unique<ChainEncoder>(*chain, spec.sampleRate);
  }
  if (std::holds_alternative<G722>(spec.implementation)) return std::make_unique<G722Encoder>();
  if (std::holds_alternative<G729>(spec.implementation)) return std::make_unique<G729Encoder>();
  if (const auto* opus = std::get_if<OpusParameters>(&spec.implementation)) {
    return std::make_unique<OpusPacketEncoder>(*opus, spec.sampleRate);
  }
  return std::make_unique<G711Encoder>(std::holds_alternative<Pcmu>(spec.implementation) ? G711Law::Mu : G711Law::A);
}

}  // namespace interconnect
