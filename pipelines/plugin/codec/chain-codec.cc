#include "codec/chain-codec.h"

#include <algorithm>
#include <cstring>

namespace interconnect {
namespace {

GstClockTime timeOf(uint64_t samples, uint32_t rate) { return gst_util_uint64_scale(samples, GST_SECOND, rate); }

}  // namespace

std::string pcmCaps(uint32_t sampleRate, unsigned channels) {
  return "audio/x-raw,format=S16LE,layout=interleaved,channels=" + std::to_string(channels) + ",rate=" + std::to_string(sampleRate);
}

ChainDecoder::ChainDecoder(const ChainDescriptions& descriptions, uint32_t sampleRate)
    : chain_(descriptions.decode, descriptions.decodeCaps, pcmCaps(sampleRate)), sampleRate_(sampleRate) {}

void ChainDecoder::begin(int16_t* out, size_t capacity) {
  out_ = out;
  capacity_ = capacity;
  written_ = 0;
}

size_t ChainDecoder::decode(Span payload, int16_t* out, size_t capacity) {
  begin(out, capacity);
  chain_.push(payload, timeOf(samples_, sampleRate_), GST_CLOCK_TIME_NONE, *this);
  samples_ += written_;
  return written_;
}

size_t ChainDecoder::conceal(size_t samples, int16_t* out, size_t capacity) {
  begin(out, capacity);
  chain_.pushGap(timeOf(samples_, sampleRate_), timeOf(samples, sampleRate_), *this);
  samples_ += written_ > 0 ? written_ : samples;
  return written_;
}

void ChainDecoder::buffer(GstBuffer* buffer) {
  const size_t room = (capacity_ - written_) * sizeof(int16_t);
  const size_t bytes = gst_buffer_extract(buffer, 0, out_ + written_, std::min<size_t>(room, gst_buffer_get_size(buffer)));
  written_ += bytes / sizeof(int16_t);
}

ChainEncoder::ChainEncoder(const ChainDescriptions& descriptions, uint32_t sampleRate)
    : chain_(descriptions.encode, pcmCaps(sampleRate), "ANY"),
      sampleRate_(sampleRate),
      silentBytes_(descriptions.silentBytes) {}

void ChainEncoder::encode(const int16_t* pcm, size_t samples, PayloadSink& sink) {
  payloads_ = &sink;
  pushedSamples_ = samples;
  const Span bytes{reinterpret_cast<const uint8_t*>(pcm), samples * sizeof(int16_t)};
  chain_.push(bytes, timeOf(samples_, sampleRate_), timeOf(samples, sampleRate_), *this);
  samples_ += samples;
}

void ChainEncoder::buffer(GstBuffer* buffer) {
  // Stream headers (Speex in Ogg has them, Speex in RTP has not: RFC 5574 §3).
  if (GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_HEADER)) return;
  GstMapInfo map;
  if (gst_buffer_map(buffer, &map, GST_MAP_READ) == FALSE) return;
  const GstClockTime duration = GST_BUFFER_DURATION(buffer);
  const size_t samples = GST_CLOCK_TIME_IS_VALID(duration)
                             ? static_cast<size_t>(gst_util_uint64_scale_round(duration, sampleRate_, GST_SECOND))
                             : pushedSamples_;
  if (map.size > silentBytes_) payloads_->payload({map.data, map.size}, samples);
  gst_buffer_unmap(buffer, &map);
}

}  // namespace interconnect
