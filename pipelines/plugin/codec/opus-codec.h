#pragma once
#include <opus/opus.h>

#include <cstddef>
#include <vector>

#include "codec/codec-spec.h"
#include "codec/codec.h"

namespace interconnect {

/**
 * RFC 6716 by libopus itself, mono: GStreamer's elements cost little more, but have no way to copy an encoder, which listeners
 * who hear the same are served from (docs/decisions.md), and allocate with every packet.
 */
class OpusPacketDecoder final : public Decoder {
 public:
  explicit OpusPacketDecoder(uint32_t sampleRate);
  size_t decode(Span payload, int16_t* out, size_t capacity) override;
  size_t conceal(size_t samples, int16_t* out, size_t capacity) override;
  /** In-band FEC (RFC 6716 §2.1.7); concealment where the packet has none. */
  size_t repair(Span next, size_t samples, int16_t* out, size_t capacity) override;
  const std::string& failure() const override { return failure_; }

 private:
  /** What opus_decode() does, to the bit, for less: it looks at each sample one by one. */
  size_t run(Span payload, int16_t* out, size_t samples, bool fec);
  size_t makeUp(Span next, size_t samples, int16_t* out, size_t capacity);
  ::OpusDecoder* state() { return reinterpret_cast<::OpusDecoder*>(memory_.data()); }
  const uint32_t sampleRate_;
  std::vector<std::max_align_t> memory_;
  /** Of the soft clipping of what is beyond full scale, of packets that came. */
  float clip_ = 0;
  std::string failure_;
};

class OpusPacketEncoder final : public Encoder {
 public:
  OpusPacketEncoder(const OpusParameters& parameters, uint32_t sampleRate);
  void encode(const int16_t* pcm, size_t samples, PayloadSink& sink) override;
  const std::string& failure() const override { return failure_; }
  void expectLoss(unsigned percent) override;
  unsigned expectedLoss() const override { return expectedLoss_; }
  Past past() const override { return Past::Copied; }
  std::unique_ptr<Encoder> copy() const override { return std::make_unique<OpusPacketEncoder>(*this); }

 private:
  ::OpusEncoder* state() { return reinterpret_cast<::OpusEncoder*>(memory_.data()); }
  /** A third of the speech coder's cost, and no in-band FEC: the transform, while nothing is to be repaired. */
  void chooseCoder();
  void encodeFrame(const int16_t* pcm, size_t samples, PayloadSink& sink);
  uint32_t sampleRate_;
  bool dtx_;
  bool fec_;
  /** There are bits enough for the transform alone. */
  bool cheap_ = false;
  unsigned expectedLoss_ = 0;
  /** Without pointers into itself: "only a shallow copy is required to copy it" (opus.h). */
  std::vector<std::max_align_t> memory_;
  std::string failure_;
};

}  // namespace interconnect
