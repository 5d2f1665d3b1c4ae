#pragma once
#include "codec/codec.h"
#include "codec/g722-band.h"
#include "codec/g722-qmf.h"

namespace interconnect {

/**
 * ITU-T G.722 at 64 kbit/s (mode 1): audio of 16 kHz, two samples a byte. Written from the recommendation and bit-exact:
 * libavcodec's took 1.65 of the 2.0 ms that a leg may cost a second (docs/measurements.md).
 *
 * Both are plain values without anything on the heap: a copy goes on from where the original was.
 */
class G722Decoder final : public Decoder {
 public:
  size_t decode(Span payload, int16_t* out, size_t capacity) override;
  const std::string& failure() const override;

 private:
  g722::Band lower_{32};
  g722::Band higher_{8};
  g722::Synthesis synthesis_;
};

class G722Encoder final : public Encoder {
 public:
  /** Of an odd number of samples the last is left out. */
  void encode(const int16_t* pcm, size_t samples, PayloadSink& sink) override;
  bool takesAnyLength() const override { return true; }
  std::unique_ptr<Encoder> copy() const override { return std::make_unique<G722Encoder>(*this); }
  Past past() const override { return Past::Copied; }
  const std::string& failure() const override;

 private:
  g722::Analysis analysis_;
  g722::Band lower_{32};
  g722::Band higher_{8};
};

}  // namespace interconnect
