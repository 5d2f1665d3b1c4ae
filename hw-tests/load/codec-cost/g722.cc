// The plugin's own.
#include "codec/g722-codec.h"
#include "codec-pair.h"

namespace cost {
namespace {

class G722 final : public CodecPair, private interconnect::PayloadSink {
 public:
  int sampleRate() const override { return 16000; }

  void encode(const std::vector<int16_t>& pcm, std::vector<uint8_t>& payload) override {
    payload_ = &payload;
    encoder_.encode(pcm.data(), pcm.size(), *this);
  }

  void decode(const std::vector<uint8_t>& payload, std::vector<int16_t>& pcm) override {
    pcm.resize(2 * payload.size());
    pcm.resize(decoder_.decode({payload.data(), payload.size()}, pcm.data(), pcm.size()));
  }

 private:
  void payload(interconnect::Span bytes, size_t) override { payload_->assign(bytes.data, bytes.data + bytes.size); }

  interconnect::G722Encoder encoder_;
  interconnect::G722Decoder decoder_;
  std::vector<uint8_t>* payload_ = nullptr;
};

}  // namespace

std::unique_ptr<CodecPair> makeG722() { return std::make_unique<G722>(); }

}  // namespace cost
