#include "bench/browsers/ear.h"

#include <opus/opus.h>

#include <algorithm>
#include <cmath>

#include "audio/g711.h"
#include "codec/opus-codec.h"

namespace bench {

using namespace interconnect;

namespace {

/** A burst follows another one after a longer pause. */
constexpr Nanos kPause = 300 * kMillisecond;
/** −40 dBov: below it is what codecs make of silence. */
constexpr double kLeastRms = 330;
/** Of the power of what is heard: others may speak, and Janus makes five images of it when it brings G.711 to 48 kHz. */
constexpr double kLeastShare = 0.1;

class UlawDecoder final : public Decoder {
 public:
  size_t decode(Span payload, int16_t* out, size_t capacity) override {
    const size_t samples = std::min(payload.size, capacity);
    ulawDecode(payload.data, out, samples);
    return samples;
  }
  const std::string& failure() const override { return none_; }

 private:
  const std::string none_;
};

}  // namespace

Ear::Ear(VoiceCodec codec, double hz) : rate_(codec == VoiceCodec::Opus ? 48000 : 8000), hz_(hz) {
  if (codec == VoiceCodec::Opus) decoder_ = std::make_unique<OpusPacketDecoder>(rate_);
  else decoder_ = std::make_unique<UlawDecoder>();
}

Ear::~Ear() = default;

std::optional<Nanos> Ear::hear(const RtpPacket& packet, Nanos arrival) {
  pcm_.resize(kMaxPacketSamples);
  pcm_.resize(decoder_->decode(packet.payload, pcm_.data(), pcm_.size()));
  const auto at = onset(pcm_);
  if (!at) return std::nullopt;
  const bool begins = !lastHeard_ || arrival - *lastHeard_ > kPause;
  lastHeard_ = arrival;
  return begins ? std::optional(arrival + unitsToNanos(static_cast<int64_t>(*at), rate_)) : std::nullopt;
}

std::optional<size_t> Ear::onset(const std::vector<int16_t>& pcm) {
  // Goertzel.
  const double turn = 2 * std::cos(2 * M_PI * hz_ / rate_);
  double a = 0;
  double b = 0;
  double power = 0;
  int loudest = 0;
  for (const int16_t sample : pcm) {
    const double next = sample + turn * a - b;
    b = a;
    a = next;
    power += double{static_cast<double>(sample)} * sample;
    loudest = std::max(loudest, std::abs(int{sample}));
  }
  const auto count = static_cast<double>(pcm.size());
  const double tone = 2 * (a * a + b * b - turn * a * b) / count;
  if (pcm.empty() || tone / count < kLeastRms * kLeastRms || tone < kLeastShare * power) return std::nullopt;
  const auto first = std::find_if(pcm.begin(), pcm.end(), [&](int16_t sample) { return 2 * std::abs(int{sample}) >= loudest; });
  return static_cast<size_t>(first - pcm.begin());
}

Nanos ownOpusDelay() {
  const Voice voice = makeVoice(VoiceCodec::Opus, "bursts", 0, 0);
  Ear ear(VoiceCodec::Opus, kBurstHz);
  Nanos now = 0;
  // The second round: the first one's beginning is the decoder's, too.
  std::optional<Nanos> heard;
  for (int round = 0; round < 2; round++) {
    for (const auto& payload : voice.payloads) {
      if (!payload.empty()) {
        const auto at = ear.hear({false, 0, 0, 0, 0, {payload.data(), payload.size()}}, now);
        if (at) heard = at;
      }
      now += 20 * kMillisecond;
    }
  }
  return heard.value_or(0) - kBurstEveryMs * kMillisecond;
}

Nanos opusLookAhead() {
  int error = OPUS_OK;
  const std::unique_ptr<OpusEncoder, void (*)(OpusEncoder*)> encoder(
      opus_encoder_create(48000, 1, OPUS_APPLICATION_VOIP, &error), opus_encoder_destroy);
  opus_int32 samples = 0;
  opus_encoder_ctl(encoder.get(), OPUS_GET_LOOKAHEAD(&samples));
  return unitsToNanos(samples, 48000);
}

}  // namespace bench
