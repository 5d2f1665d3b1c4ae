// libopus, with the settings of pipelines/codecs/opus.ts and, as long as nothing is lost, without its speech coder.
#include <opus/opus.h>

#include <stdexcept>

#include "codec-pair.h"

namespace cost {
namespace {

constexpr int kRate = 48000;
constexpr int kBitrate = 48000;
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

class Opus final : public CodecPair {
 public:
  Opus()
      : encoder_(opus_encoder_create(kRate, 1, OPUS_APPLICATION_VOIP, nullptr)),
        decoder_(opus_decoder_create(kRate, 1, nullptr)) {
    if (!encoder_ || !decoder_) throw std::runtime_error("libopus gave no encoder or decoder");
    checked(opus_encoder_ctl(encoder_.get(), OPUS_SET_BITRATE(kBitrate)));
    checked(opus_encoder_ctl(encoder_.get(), OPUS_SET_VBR_CONSTRAINT(1)));
    checked(opus_encoder_ctl(encoder_.get(), OPUS_SET_COMPLEXITY(kComplexity)));
    checked(opus_encoder_ctl(encoder_.get(), OPUS_SET_SIGNAL(OPUS_SIGNAL_MUSIC)));
  }

  int sampleRate() const override { return kRate; }

  void encode(const std::vector<int16_t>& pcm, std::vector<uint8_t>& payload) override {
    payload.resize(kMaxPayload);
    const int samples = static_cast<int>(pcm.size());
    payload.resize(static_cast<size_t>(
        checked(opus_encode(encoder_.get(), pcm.data(), samples, payload.data(), static_cast<int>(kMaxPayload)))));
  }

  void decode(const std::vector<uint8_t>& payload, std::vector<int16_t>& pcm) override {
    pcm.resize(kRate * kPacketMs / 1000);
    const int room = static_cast<int>(pcm.size());
    checked(opus_decode(decoder_.get(), payload.data(), static_cast<int>(payload.size()), pcm.data(), room, 0));
  }

 private:
  std::unique_ptr<OpusEncoder, Destroy> encoder_;
  std::unique_ptr<OpusDecoder, Destroy> decoder_;
};

}  // namespace

std::unique_ptr<CodecPair> makeOpus() { return std::make_unique<Opus>(); }

}  // namespace cost
