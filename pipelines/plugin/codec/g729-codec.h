#pragma once
#include <memory>

#include "codec/codec.h"

struct bcg729DecoderChannelContextStruct_struct;
struct bcg729EncoderChannelContextStruct_struct;

namespace interconnect {

/**
 * ITU-T G.729 Annex A by libbcg729: 10 ms, 80 samples, are 10 bytes; packets hold any number of them. Annex B (silence
 * of 2 bytes at a packet's end) is taken and never sent.
 */
class G729Decoder final : public Decoder {
 public:
  G729Decoder();
  size_t decode(Span payload, int16_t* out, size_t capacity) override;
  size_t conceal(size_t samples, int16_t* out, size_t capacity) override;
  const std::string& failure() const override { return failure_; }

 private:
  struct Close {
    void operator()(bcg729DecoderChannelContextStruct_struct* channel) const;
  };
  std::unique_ptr<bcg729DecoderChannelContextStruct_struct, Close> channel_;
  std::string failure_;
};

class G729Encoder final : public Encoder {
 public:
  G729Encoder();
  void encode(const int16_t* pcm, size_t samples, PayloadSink& sink) override;
  const std::string& failure() const override { return failure_; }

 private:
  struct Close {
    void operator()(bcg729EncoderChannelContextStruct_struct* channel) const;
  };
  std::unique_ptr<bcg729EncoderChannelContextStruct_struct, Close> channel_;
  std::string failure_;
};

}  // namespace interconnect
