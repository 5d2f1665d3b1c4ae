#pragma once
#include <memory>
#include <string>

#include "codec/codec-spec.h"
#include "codec/codec.h"
#include "engine/encoded-once.h"

namespace interconnect {

/**
 * One leg's encoder, which it has in common with other legs of its mix as long as all of them are sent the same: whoever
 * comes first in a tick encodes, the others send what he made.
 *
 * A far end's decoder follows the packets that it was sent. So whoever is to be sent something else goes on from a copy, which no
 * far end can tell from an encoder of its own. Encoders with a past become one in a pause only: two that have coded the same
 * sound for seconds still differ, and a decoder that goes from one to the other is off by 15 to 30 dB below what it plays,
 * for 100 ms (docs/decisions.md).
 */
class LegEncoder {
 public:
  void set(std::unique_ptr<Encoder> encoder);
  explicit operator bool() const { return encoder_ != nullptr; }
  bool takesAnyLength() const { return encoder_->takesAnyLength(); }
  const std::string& failure() const { return encoder_->failure(); }

  /** One more tick of nothing but the common audio comes: to be said of every leg of a mix before one of them encodes. */
  void hearsCommon() { commonTicks_++; }
  /** Something else comes, or nothing: from here on its encoder is its own. */
  void hearsOwn();

  /** Of what its far end is sent, so much is lost. */
  void expectLoss(unsigned percent);
  unsigned expectedLoss() const { return encoder_->expectedLoss(); }

  /** The `index`-th packet of this tick. `common` is nullptr for a leg that was not told of common audio. */
  void encode(const int16_t* pcm, size_t samples, size_t index, const CodecSpec& spec, EncodedOnce* common, PayloadSink& sink);

 private:
  bool isCommon(size_t samples, uint32_t rate) const;
  std::shared_ptr<Encoder> encoder_;
  /** In a row. */
  size_t commonTicks_ = 0;
};

}  // namespace interconnect
