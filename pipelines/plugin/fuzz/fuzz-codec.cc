// What a far end may put into a packet of a codec with a memory: decoded and concealed, in any order. The first
// byte says which codec, then each payload has its length before it; a length of 0 is a packet that got lost.
#include <gst/gst.h>

#include <algorithm>
#include <array>

#include "codec/make-codec.h"
#include "fuzz/invariant.h"

using namespace interconnect;

namespace {

CodecSpec specOf(uint8_t choice) {
  switch (choice % 3) {
    case 0:
      return {"G729", 18, 8000, 8000, G729{}};
    case 1:
      return {"opus", 111, 48000, 48000, OpusParameters{5, 32000}};
    default:
      return {"G722", 9, 8000, 16000, G722{}};
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const bool started = [] {
    gst_init(nullptr, nullptr);
    return true;
  }();
  if (!started || size == 0) return 0;
  const auto decoder = makeDecoder(specOf(data[0]));
  std::array<int16_t, kMaxPacketSamples> pcm;
  for (size_t at = 1; at < size;) {
    const size_t wanted = data[at++];
    const size_t length = std::min(wanted, size - at);
    const size_t n = length == 0 ? decoder->conceal(480, pcm.data(), pcm.size())
                                 : decoder->decode({data + at, length}, pcm.data(), pcm.size());
    INVARIANT(n <= pcm.size());
    at += length;
  }
  return 0;
}
