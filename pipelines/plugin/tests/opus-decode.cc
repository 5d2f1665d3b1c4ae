// Our way from a decoded frame to samples against libopus's own, bit for bit.
#include <opus/opus.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "codec/opus-codec.h"
#include "tests/check.h"
#include "tests/payloads.h"
#include "tests/synthetic.h"

using namespace interconnect;
using synthetic::Samples;

namespace {

struct Destroy {
  void operator()(::OpusDecoder* decoder) const { opus_decoder_destroy(decoder); }
};

/** Speech and tones so loud that much of it is cut off: what is decoded of it goes beyond full scale. */
Samples loud(uint32_t rate) {
  Samples pcm = synthetic::speech(rate, 2, 120);
  const Samples tone = synthetic::tone(rate, 700, 2);
  for (size_t i = 0; i < pcm.size(); i++) pcm[i] = static_cast<int16_t>(std::clamp(pcm[i] * 6 + tone[i % tone.size()] * 4, -32768, 32767));
  return pcm;
}

std::vector<Payload> encoded(const Samples& said, uint32_t rate) {
  OpusParameters parameters{5, 48'000};
  parameters.fec = true;
  OpusPacketEncoder encoder(parameters, rate);
  Payloads payloads;
  const size_t packet = rate / 50;
  for (size_t at = 0; at + packet <= said.size(); at += packet) {
    // The transform alone at first, then the speech coder, with something to repair from.
    if (at > said.size() / 2) encoder.expectLoss(20);
    encoder.encode(&said[at], packet, payloads);
  }
  return payloads.all;
}

/** How many samples are at full scale; every fifth packet is lost, and concealed or repaired. */
size_t sameAsLibopus(const std::vector<Payload>& payloads, uint32_t rate) {
  OpusPacketDecoder ours(rate);
  const std::unique_ptr<::OpusDecoder, Destroy> theirs(opus_decoder_create(static_cast<opus_int32>(rate), 1, nullptr));
  const size_t packet = rate / 50;
  Samples out(kMaxPacketSamples);
  Samples expected(kMaxPacketSamples);
  size_t cut = 0;
  for (size_t i = 0; i + 1 < payloads.size(); i++) {
    const bool lost = i % 5 == 4;
    const bool repaired = i % 10 == 9;
    const Payload& one = payloads[lost ? i + 1 : i];
    const Span span{one.data(), one.size()};
    const size_t n = !lost      ? ours.decode(span, out.data(), out.size())
                     : repaired ? ours.repair(span, packet, out.data(), out.size())
                                : ours.conceal(packet, out.data(), out.size());
    const bool nothing = lost && !repaired;
    const int room = static_cast<int>(lost ? packet : expected.size());
    const int m = opus_decode(theirs.get(), nothing ? nullptr : one.data(), nothing ? 0 : static_cast<opus_int32>(one.size()), expected.data(), room, repaired ? 1 : 0);
    if (!CHECK_EQUAL(n, static_cast<size_t>(m))) return 0;
    if (!CHECK(std::equal(out.begin(), out.begin() + m, expected.begin()))) return 0;
    cut += static_cast<size_t>(std::count_if(out.begin(), out.begin() + m, [](int16_t s) { return s >= 32767 || s <= -32767; }));
  }
  return cut;
}

}  // namespace

TEST("what is decoded, repaired and made up is libopus's own, sample for sample, at each rate") {
  for (const uint32_t rate : {8000u, 16000u, 48000u}) sameAsLibopus(encoded(synthetic::speech(rate, 2, 120), rate), rate);
}

TEST("and what is too loud is bent as softly as libopus bends it, across packets") {
  for (const uint32_t rate : {16000u, 48000u}) CHECK(sameAsLibopus(encoded(loud(rate), rate), rate) > 0);
}

int main() { return check::run(); }
