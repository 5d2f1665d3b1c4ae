#include "bench/browsers/voice.h"

#include <memory>
#include <stdexcept>

#include "audio/g711.h"
#include "codec/opus-codec.h"
#include "tests/synthetic.h"

namespace bench {
namespace {

using namespace interconnect;
using synthetic::Samples;

/** A browser that is not muted sends silence, too; its bit rate is as ours (codecs/opus.ts). */
OpusParameters opusFor(const std::string& what) { return {5, 32000, false, false, what == "quiet"}; }
constexpr unsigned kLoopSeconds = 5;

Samples audioOf(const std::string& what, uint32_t rate, double hz, uint32_t seed) {
  if (what == "speech") return synthetic::speech(rate, kLoopSeconds, 110 + 7 * (seed % 16), seed);
  if (what == "quiet") return Samples(rate * 2);
  // A whole number of periods: the loop has no seam.
  if (what == "tone") return synthetic::tone(rate, hz, 1, -18);
  if (what != "bursts") throw std::runtime_error("nobody says \"" + what + "\"");
  Samples bursts = synthetic::tone(rate, kBurstHz, kBurstMs / 1000.0, -12);
  bursts.resize(rate * kBurstEveryMs / 1000);
  return bursts;
}

class Encoded final : public PayloadSink {
 public:
  void payload(Span bytes, size_t) override { last.assign(bytes.data, bytes.data + bytes.size); }
  std::vector<uint8_t> last;
};

std::vector<std::vector<uint8_t>> opus(const Samples& audio, uint32_t rate, const OpusParameters& parameters) {
  OpusPacketEncoder encoder(parameters, rate);
  std::vector<std::vector<uint8_t>> payloads;
  // Twice: what is kept begins as it will after its own end.
  for (int round = 0; round < 2; round++) {
    payloads.clear();
    for (size_t at = 0; at < audio.size(); at += rate / 50) {
      Encoded sink;
      encoder.encode(audio.data() + at, rate / 50, sink);
      payloads.push_back(std::move(sink.last));
    }
  }
  return payloads;
}

std::vector<std::vector<uint8_t>> pcmu(const Samples& audio, uint32_t rate) {
  std::vector<std::vector<uint8_t>> payloads;
  for (size_t at = 0; at < audio.size(); at += rate / 50) {
    payloads.emplace_back(rate / 50);
    ulawEncode(audio.data() + at, payloads.back().data(), rate / 50);
  }
  return payloads;
}

}  // namespace

Voice makeVoice(VoiceCodec codec, const std::string& what, double hz, uint32_t seed) {
  const uint32_t rate = codec == VoiceCodec::Opus ? 48000 : 8000;
  const Samples audio = audioOf(what, rate, hz, seed);
  return {rate, codec == VoiceCodec::Opus ? opus(audio, rate, opusFor(what)) : pcmu(audio, rate)};
}

}  // namespace bench
