#include "codec/g729-codec.h"

// Their headers are C and do not say so.
extern "C" {
#include <bcg729/decoder.h>
#include <bcg729/encoder.h>
}

#include <algorithm>
#include <array>

namespace interconnect {
namespace {

constexpr size_t kFrameSamples = 80;
constexpr size_t kFrameBytes = 10;
/** A silence insertion descriptor, the last of a packet (RFC 3551 §4.5.6). */
constexpr size_t kSilenceBytes = 2;
/** 120 ms. */
constexpr size_t kMaxFrames = 12;

const std::array<uint8_t, kFrameBytes> kNothing{};
const std::string kNoRoom = "out of memory";

}  // namespace

void G729Decoder::Close::operator()(bcg729DecoderChannelContextStruct_struct* channel) const { closeBcg729DecoderChannel(channel); }
void G729Encoder::Close::operator()(bcg729EncoderChannelContextStruct_struct* channel) const { closeBcg729EncoderChannel(channel); }

G729Decoder::G729Decoder() : channel_(initBcg729DecoderChannel()), failure_(channel_ ? "" : kNoRoom) {}

size_t G729Decoder::decode(Span payload, int16_t* out, size_t capacity) {
  size_t written = 0;
  for (size_t at = 0; channel_ && written + kFrameSamples <= capacity; written += kFrameSamples) {
    const size_t left = payload.size - at;
    if (left < kSilenceBytes) break;
    const bool silence = left < kFrameBytes;
    const size_t bytes = silence ? kSilenceBytes : kFrameBytes;
    bcg729Decoder(channel_.get(), payload.data + at, static_cast<uint8_t>(bytes), 0, silence ? 1 : 0, 0, out + written);
    at += bytes;
  }
  return written;
}

size_t G729Decoder::conceal(size_t samples, int16_t* out, size_t capacity) {
  size_t written = 0;
  const size_t wanted = (samples + kFrameSamples - 1) / kFrameSamples * kFrameSamples;
  for (; channel_ && written < wanted && written + kFrameSamples <= capacity; written += kFrameSamples) {
    bcg729Decoder(channel_.get(), kNothing.data(), 0, 1, 0, 0, out + written);
  }
  return written;
}

G729Encoder::G729Encoder() : channel_(initBcg729EncoderChannel(0)), failure_(channel_ ? "" : kNoRoom) {}

void G729Encoder::encode(const int16_t* pcm, size_t samples, PayloadSink& sink) {
  std::array<uint8_t, kMaxFrames * kFrameBytes> bytes;
  size_t size = 0;
  size_t frames = 0;
  for (size_t done = 0; channel_ && done + kFrameSamples <= samples && frames < kMaxFrames; done += kFrameSamples, frames++) {
    uint8_t length = 0;
    bcg729Encoder(channel_.get(), pcm + done, bytes.data() + size, &length);
    size += std::min<size_t>(length, kFrameBytes);
  }
  if (size > 0) sink.payload({bytes.data(), size}, frames * kFrameSamples);
}

}  // namespace interconnect
