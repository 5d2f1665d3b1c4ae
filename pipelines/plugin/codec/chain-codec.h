#pragma once
#include "codec/chain.h"
#include "codec/codec-spec.h"
#include "codec/codec.h"

namespace interconnect {

/** Caps of 16-bit audio at a rate, Hz. */
std::string pcmCaps(uint32_t sampleRate, unsigned channels = 1);

/** A decoder whose work is done by a description. */
class ChainDecoder final : public Decoder, private ChainSink {
 public:
  ChainDecoder(const ChainDescriptions& descriptions, uint32_t sampleRate);
  size_t decode(Span payload, int16_t* out, size_t capacity) override;
  size_t conceal(size_t samples, int16_t* out, size_t capacity) override;
  const std::string& failure() const override { return chain_.failure(); }

 private:
  void buffer(GstBuffer* buffer) override;
  void begin(int16_t* out, size_t capacity);
  Chain chain_;
  const uint32_t sampleRate_;
  int16_t* out_ = nullptr;
  size_t capacity_ = 0;
  size_t written_ = 0;
  /** All that ever came out: the running time of what goes in next. */
  uint64_t samples_ = 0;
};

/** An encoder whose work is done by a description. */
class ChainEncoder final : public Encoder, private ChainSink {
 public:
  ChainEncoder(const ChainDescriptions& descriptions, uint32_t sampleRate);
  void encode(const int16_t* pcm, size_t samples, PayloadSink& sink) override;
  const std::string& failure() const override { return chain_.failure(); }

 private:
  void buffer(GstBuffer* buffer) override;
  Chain chain_;
  const uint32_t sampleRate_;
  const unsigned silentBytes_;
  PayloadSink* payloads_ = nullptr;
  size_t pushedSamples_ = 0;
  uint64_t samples_ = 0;
};

}  // namespace interconnect
