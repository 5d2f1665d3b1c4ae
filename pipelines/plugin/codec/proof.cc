#include "codec/proof.h"

#include <vector>

#include "codec/make-codec.h"

namespace interconnect {
namespace {

constexpr size_t kMaxProven = 64;
/** 200 ms: more than any codec's look-ahead. */
constexpr int kFrames = 10;

class DecodeAgain final : public PayloadSink {
 public:
  explicit DecodeAgain(Decoder& decoder) : decoder_(decoder), scratch_(kMaxPacketSamples) {}
  void payload(Span bytes, size_t) override { samples += decoder_.decode(bytes, scratch_.data(), scratch_.size()); }
  size_t samples = 0;

 private:
  Decoder& decoder_;
  std::vector<int16_t> scratch_;
};

std::optional<std::string> tryOut(const CodecSpec& spec) {
  const auto decoder = makeDecoder(spec);
  const auto encoder = makeEncoder(spec);
  DecodeAgain again(*decoder);
  const std::vector<int16_t> silence(spec.sampleRate / 50);
  for (int i = 0; i < kFrames; i++) encoder->encode(silence.data(), silence.size(), again);
  if (!encoder->failure().empty()) return encoder->failure();
  if (!decoder->failure().empty()) return decoder->failure();
  if (again.samples == 0) return "encoding and decoding again gives no audio";
  return std::nullopt;
}

}  // namespace

std::optional<std::string> CodecProof::refusal(const CodecSpec& spec) {
  const auto* chain = std::get_if<ChainDescriptions>(&spec.implementation);
  const bool g729 = std::holds_alternative<G729>(spec.implementation);
  const bool opus = std::holds_alternative<OpusParameters>(spec.implementation);
  if (chain == nullptr && !g729 && !opus) return std::nullopt;
  const std::string key = g729   ? "g729"
                          : opus ? "opus"
                                 : chain->decode + '\n' + chain->decodeCaps + '\n' + chain->encode + '\n' +
                                       std::to_string(spec.sampleRate);
  if (proven_.count(key) != 0) return std::nullopt;
  auto why = tryOut(spec);
  if (!why) {
    if (proven_.size() >= kMaxProven) proven_.clear();
    proven_.insert(key);
  }
  return why;
}

}  // namespace interconnect
