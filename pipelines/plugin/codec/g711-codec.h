#pragma once
#include "codec/codec.h"

namespace interconnect {

enum class G711Law { Mu, A };

/** ITU-T G.711 by table: GStreamer's own encoders are off by one code on 127 inputs and cost 41 KB a leg. */
class G711Decoder final : public Decoder {
 public:
  explicit G711Decoder(G711Law law) : law_(law) {}
  size_t decode(Span payload, int16_t* out, size_t capacity) override;
  const std::string& failure() const override;

 private:
  const G711Law law_;
};

class G711Encoder final : public Encoder {
 public:
  explicit G711Encoder(G711Law law) : law_(law) {}
  void encode(const int16_t* pcm, size_t samples, PayloadSink& sink) override;
  bool takesAnyLength() const override { return true; }
  std::unique_ptr<Encoder> copy() const override { return std::make_unique<G711Encoder>(law_); }
  Past past() const override { return Past::None; }
  const std::string& failure() const override;

 private:
  const G711Law law_;
};

}  // namespace interconnect
