// The plugin's own tables.
#include "audio/g711.h"
#include "codec-pair.h"

namespace cost {
namespace {

class Pcmu final : public CodecPair {
 public:
  int sampleRate() const override { return 8000; }

  void encode(const std::vector<int16_t>& pcm, std::vector<uint8_t>& payload) override {
    payload.resize(pcm.size());
    interconnect::ulawEncode(pcm.data(), payload.data(), pcm.size());
  }

  void decode(const std::vector<uint8_t>& payload, std::vector<int16_t>& pcm) override {
    pcm.resize(payload.size());
    interconnect::ulawDecode(payload.data(), pcm.data(), payload.size());
  }
};

}  // namespace

std::unique_ptr<CodecPair> makePcmu() { return std::make_unique<Pcmu>(); }

}  // namespace cost
