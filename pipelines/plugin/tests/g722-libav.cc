// Our G.722 and libavcodec's: two readings of one recommendation that have nothing in common.
#include "codec/make-codec.h"
#include "tests/check.h"
#include "tests/synthetic.h"

using namespace interconnect;
using synthetic::Samples;

// Not by gst.h: through it comes POSIX's signal(), and signal.h of the tests has that name too.
extern "C" void gst_init(int* count, char*** values);

namespace {

constexpr uint32_t kRate = 16000;
const CodecSpec kOurs{"G722", 9, 8000, kRate, G722{}};
const CodecSpec kLibav{"G722", 9, 8000, kRate,
                       ChainDescriptions{"avdec_g722 ! audioconvert", "audio/G722,rate=16000,channels=1", "avenc_g722"}};

class Bytes final : public PayloadSink {
 public:
  void payload(Span bytes, size_t) override { all.insert(all.end(), bytes.data, bytes.data + bytes.size); }
  std::vector<uint8_t> all;
};

std::vector<uint8_t> encoded(const CodecSpec& spec, const Samples& pcm) {
  const auto encoder = makeEncoder(spec);
  Bytes bytes;
  for (size_t at = 0; at + 320 <= pcm.size(); at += 320) encoder->encode(&pcm[at], 320, bytes);
  return bytes.all;
}

Samples decoded(const CodecSpec& spec, const std::vector<uint8_t>& bytes) {
  const auto decoder = makeDecoder(spec);
  Samples all;
  Samples frame(kMaxPacketSamples);
  for (size_t at = 0; at + 160 <= bytes.size(); at += 160) {
    const size_t n = decoder->decode({&bytes[at], 160}, frame.data(), frame.size());
    all.insert(all.end(), frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(n));
  }
  return all;
}

struct Named {
  const char* name;
  Samples pcm;
};

std::vector<Named> signals() {
  return {{"speech, 120 Hz", synthetic::speech(kRate, 4, 120)}, {"speech, 210 Hz", synthetic::speech(kRate, 4, 210, 7)},
          {"vowel", synthetic::vowel(kRate, 130, 2)},           {"noise", synthetic::noise(kRate, 2)},
          {"1004 Hz", synthetic::tone(kRate, 1004, 2)},         {"440 Hz, 0 dBov", synthetic::tone(kRate, 440, 2, 0)},
          {"5 kHz, -30 dBov", synthetic::tone(kRate, 5000, 2, -30)}, {"silence", Samples(kRate)}};
}

}  // namespace

TEST("libavcodec decodes what either encoder sends to the same samples as we do") {
  for (const Named& sound : signals()) {
    for (const auto& bytes : {encoded(kOurs, sound.pcm), encoded(kLibav, sound.pcm)}) {
      const Samples ours = decoded(kOurs, bytes);
      CHECK(ours.size() + 320 > sound.pcm.size());
      const bool same = ours == decoded(kLibav, bytes);
      if (!CHECK(same)) std::printf("     %s\n", sound.name);
    }
  }
}

TEST("our encoder sends byte for byte what libavcodec's sends") {
  for (const Named& sound : signals()) {
    const auto ours = encoded(kOurs, sound.pcm);
    CHECK_EQUAL(ours.size(), sound.pcm.size() / 2);
    const bool same = ours == encoded(kLibav, sound.pcm);
    if (!CHECK(same)) std::printf("     %s\n", sound.name);
  }
}

int main(int count, char** values) {
  gst_init(&count, &values);
  return check::run();
}
