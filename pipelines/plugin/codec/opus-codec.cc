#include "codec/opus-codec.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace interconnect {
namespace {

/** RFC 7587 §3.1.3: libopus makes such packets of silence, which need not be sent. */
constexpr size_t kSilentBytes = 2;
/** The most that RFC 6716 §3.2.1 gives a frame; 60 ms are one packet of up to three. A datagram of ours holds less. */
constexpr size_t kMaxBytes = 1500;
/** Bit/s from which its transform alone is as good for fullband speech as its speech coder is at 32,000 (docs/decisions.md). */
constexpr int kTransformBitrate = 44'000;

/** 1.5 × 2^23: a float of less than 2^22 that this is added to has its nearest integer (of two the even one) in its last bits. */
constexpr float kRounder = 12'582'912.0f;

int32_t bitsOf(float value) {
  int32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

// Compilers make vectors of these loops as long as no float is compared.

bool beyondFullScale(const float* audio, size_t n) {
  int32_t beyond = 0;
  for (size_t i = 0; i < n; i++) beyond |= (bitsOf(audio[i]) & INT32_MAX) > bitsOf(1.0f) ? 1 : 0;
  return beyond != 0;
}

/** @param audio within full scale, but for what rounding adds */
void toPcm(const float* audio, size_t n, int16_t* out) {
  for (size_t i = 0; i < n; i++) {
    const int32_t sample = bitsOf(audio[i] * 32768.0f + kRounder) - bitsOf(kRounder);
    out[i] = static_cast<int16_t>(std::min<int32_t>(sample, INT16_MAX));
  }
}

std::vector<std::max_align_t> room(int bytes) {
  return std::vector<std::max_align_t>((static_cast<size_t>(bytes) + sizeof(std::max_align_t) - 1) / sizeof(std::max_align_t));
}

}  // namespace

OpusPacketDecoder::OpusPacketDecoder(uint32_t sampleRate) : sampleRate_(sampleRate), memory_(room(opus_decoder_get_size(1))) {
  const int error = opus_decoder_init(state(), static_cast<opus_int32>(sampleRate), 1);
  if (error != OPUS_OK) failure_ = std::string("libopus: ") + opus_strerror(error);
}

size_t OpusPacketDecoder::decode(Span payload, int16_t* out, size_t capacity) {
  if (!failure_.empty() || payload.size == 0) return 0;
  // What cannot be decoded is a bad packet, not a broken decoder.
  return run(payload, out, capacity, false);
}

size_t OpusPacketDecoder::run(Span payload, int16_t* out, size_t samples, bool fec) {
  std::array<float, kMaxPacketSamples> audio;
  const auto room = static_cast<int>(std::min(samples, audio.size()));
  const int made = opus_decode_float(state(), payload.data, static_cast<opus_int32>(payload.size), audio.data(), room, fec ? 1 : 0);
  if (made <= 0) return 0;
  const auto n = static_cast<size_t>(made);
  const bool beyond = beyondFullScale(audio.data(), n);
  // What it made up itself libopus just cuts off.
  const bool madeUp = payload.size == 0 || fec;
  if (!madeUp && (beyond || clip_ != 0)) opus_pcm_soft_clip(audio.data(), made, 1, &clip_);
  if (madeUp && beyond) std::transform(audio.begin(), audio.begin() + made, audio.begin(), [](float s) { return std::clamp(s, -1.0f, 1.0f); });
  toPcm(audio.data(), n, out);
  return n;
}

size_t OpusPacketDecoder::conceal(size_t samples, int16_t* out, size_t capacity) { return makeUp({}, samples, out, capacity); }

size_t OpusPacketDecoder::repair(Span next, size_t samples, int16_t* out, size_t capacity) {
  return makeUp(next, samples, out, capacity);
}

size_t OpusPacketDecoder::makeUp(Span next, size_t samples, int16_t* out, size_t capacity) {
  if (!failure_.empty()) return 0;
  // It makes up whole multiples of 2.5 ms.
  const size_t step = sampleRate_ / 400;
  const size_t wanted = std::min(samples, capacity) / step * step;
  if (wanted == 0) return 0;
  return run(next, out, wanted, next.size > 0);
}

OpusPacketEncoder::OpusPacketEncoder(const OpusParameters& parameters, uint32_t sampleRate)
    : sampleRate_(sampleRate), dtx_(parameters.dtx), fec_(parameters.fec), memory_(room(opus_encoder_get_size(1))) {
  const int error = opus_encoder_init(state(), static_cast<opus_int32>(sampleRate), 1, OPUS_APPLICATION_VOIP);
  if (error != OPUS_OK) {
    failure_ = std::string("libopus: ") + opus_strerror(error);
    return;
  }
  const bool set = opus_encoder_ctl(state(), OPUS_SET_COMPLEXITY(parameters.complexity)) == OPUS_OK &&
                   opus_encoder_ctl(state(), OPUS_SET_BITRATE(parameters.bitrate)) == OPUS_OK &&
                   opus_encoder_ctl(state(), OPUS_SET_VBR(parameters.cbr ? 0 : 1)) == OPUS_OK &&
                   opus_encoder_ctl(state(), OPUS_SET_INBAND_FEC(parameters.fec ? 1 : 0)) == OPUS_OK &&
                   opus_encoder_ctl(state(), OPUS_SET_DTX(parameters.dtx ? 1 : 0)) == OPUS_OK;
  if (!set) {
    failure_ = "libopus refuses its parameters";
    return;
  }
  // Only its speech coder knows when to send nothing.
  cheap_ = sampleRate == 48000 && parameters.bitrate >= kTransformBitrate && !parameters.dtx;
  chooseCoder();
}

void OpusPacketEncoder::chooseCoder() {
  const bool transform = cheap_ && expectedLoss_ == 0;
  if (opus_encoder_ctl(state(), OPUS_SET_SIGNAL(transform ? OPUS_SIGNAL_MUSIC : OPUS_AUTO)) != OPUS_OK) failure_ = "libopus refuses a signal type";
}

void OpusPacketEncoder::expectLoss(unsigned percent) {
  if (!fec_ || percent == expectedLoss_ || !failure_.empty()) return;
  if (opus_encoder_ctl(state(), OPUS_SET_PACKET_LOSS_PERC(static_cast<opus_int32>(percent))) != OPUS_OK) return;
  expectedLoss_ = percent;
  chooseCoder();
}

void OpusPacketEncoder::encode(const int16_t* pcm, size_t samples, PayloadSink& sink) {
  // There are frames of 10, 20, 40 and 60 ms (RFC 6716 §2.1.4); what is neither goes out in packets of 10.
  const size_t ten = sampleRate_ / 100;
  const bool frame = samples == ten || samples == 2 * ten || samples == 4 * ten || samples == 6 * ten;
  const size_t packet = frame ? samples : ten;
  for (; samples >= packet && failure_.empty(); samples -= packet, pcm += packet) encodeFrame(pcm, packet, sink);
}

void OpusPacketEncoder::encodeFrame(const int16_t* pcm, size_t samples, PayloadSink& sink) {
  std::array<uint8_t, kMaxBytes> bytes;
  const int size = opus_encode(state(), pcm, static_cast<int>(samples), bytes.data(), static_cast<opus_int32>(bytes.size()));
  if (size < 0) {
    failure_ = std::string("libopus: ") + opus_strerror(size);
  } else if (!dtx_ || static_cast<size_t>(size) > kSilentBytes) {
    sink.payload({bytes.data(), static_cast<size_t>(size)}, samples);
  }
}

}  // namespace interconnect
