#include "codec/g711-codec.h"

#include <algorithm>
#include <array>

#include "audio/g711.h"

namespace interconnect {
namespace {

const std::string kNoFailure;

}  // namespace

size_t G711Decoder::decode(Span payload, int16_t* out, size_t capacity) {
  const size_t n = std::min(payload.size, capacity);
  if (law_ == G711Law::Mu) ulawDecode(payload.data, out, n);
  else alawDecode(payload.data, out, n);
  return n;
}

void G711Encoder::encode(const int16_t* pcm, size_t samples, PayloadSink& sink) {
  // 60 ms, the longest packet time; more is sent as several packets.
  std::array<uint8_t, 480> bytes;
  for (size_t done = 0; done < samples;) {
    const size_t n = std::min(bytes.size(), samples - done);
    if (law_ == G711Law::Mu) ulawEncode(pcm + done, bytes.data(), n);
    else alawEncode(pcm + done, bytes.data(), n);
    sink.payload({bytes.data(), n}, n);
    done += n;
  }
}

const std::string& G711Decoder::failure() const { return kNoFailure; }
const std::string& G711Encoder::failure() const { return kNoFailure; }

}  // namespace interconnect
