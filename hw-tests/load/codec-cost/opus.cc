// libopus, with the settings of pipelines/codecs/opus.ts and, as long as nothing is lost, without its speech coder; decoding
// what rtpload/codec-opus.c sends.
#include <opus/opus.h>

#include <stdexcept>

#include "codec-pair.h"

namespace cost {
namespace {

constexpr int kRate = 48000;
constexpr int kBitrate = 48000;
constexpr int kLoadBitrate = 32000;
constexpr int kComplexity = 5;
constexpr size_t kMaxPayload = 1500;

struct Destroy {
  void operator()(OpusEncoder* encoder) const { opus_encoder_destroy(encoder); }
  void operator()(OpusDecoder* decoder) const { opus_decoder_destroy(decoder); }
};

int checked(int result) {
  if (result < 0) throw std::runtime_error(opus_strerror(result));
  return result;
}

using Encoder = std::unique_ptr<OpusEncoder, Destroy>;

Encoder makeEncoder(int bitrate) {
  Encoder encoder(opus_encoder_create(kRate, 1, OPUS_APPLICATION_VOIP, nullptr));
  if (!encoder) throw std::runtime_error("libopus gave no encoder");
  checked(opus_encoder_ctl(encoder.get(), OPUS_SET_BITRATE(bitrate)));
  checked(opus_encoder_ctl(encoder.get(), OPUS_SET_VBR_CONSTRAINT(1)));
  checked(opus_encoder_ctl(encoder.get(), OPUS_SET_COMPLEXITY(kComplexity)));
  return encoder;
}

void encodeBy(OpusEncoder* encoder, const std::vector<int16_t>& pcm, std::vector<uint8_t>& payload) {
  payload.resize(kMaxPayload);
  const int samples = static_cast<int>(pcm.size());
  payload.resize(static_cast<size_t>(checked(opus_encode(encoder, pcm.data(), samples, payload.data(), static_cast<int>(kMaxPayload)))));
}

class Opus final : public CodecPair {
 public:
  explicit Opus(int bitrate) : encoder_(makeEncoder(bitrate)), load_(makeEncoder(kLoadBitrate)), decoder_(opus_decoder_create(kRate, 1, nullptr)) {
    if (!decoder_) throw std::runtime_error("libopus gave no decoder");
    if (bitrate >= kBitrate) checked(opus_encoder_ctl(encoder_.get(), OPUS_SET_SIGNAL(OPUS_SIGNAL_MUSIC)));
  }

  int sampleRate() const override { return kRate; }

  void encode(const std::vector<int16_t>& pcm, std::vector<uint8_t>& payload) override { encodeBy(encoder_.get(), pcm, payload); }
  void encodeAsLoad(const std::vector<int16_t>& pcm, std::vector<uint8_t>& payload) override { encodeBy(load_.get(), pcm, payload); }

  void decode(const std::vector<uint8_t>& payload, std::vector<int16_t>& pcm) override {
    pcm.resize(kRate * kPacketMs / 1000);
    const int room = static_cast<int>(pcm.size());
    checked(opus_decode(decoder_.get(), payload.data(), static_cast<int>(payload.size()), pcm.data(), room, 0));
  }

 private:
  Encoder encoder_;
  Encoder load_;
  std::unique_ptr<OpusDecoder, Destroy> decoder_;
};

}  // namespace

std::unique_ptr<CodecPair> makeOpus() { return std::make_unique<Opus>(kBitrate); }
std::unique_ptr<CodecPair> makeOpus32() { return std::make_unique<Opus>(kLoadBitrate); }

}  // namespace cost
