#include "engine/leg-encoder.h"

#include "engine/tick.h"

namespace interconnect {

void LegEncoder::set(std::unique_ptr<Encoder> encoder) {
  encoder_ = std::move(encoder);
  commonTicks_ = 0;
}

void LegEncoder::hearsOwn() {
  if (encoder_.use_count() > 1) encoder_ = encoder_->copy();
  commonTicks_ = 0;
}

void LegEncoder::expectLoss(unsigned percent) {
  if (!encoder_ || encoder_->expectedLoss() == percent) return;
  hearsOwn();
  encoder_->expectLoss(percent);
}

/** Whether all of a packet is: the first tick has a rest of what the resampler heard before. */
bool LegEncoder::isCommon(size_t samples, uint32_t rate) const {
  const size_t tick = static_cast<size_t>(rate * kTick / kSecond);
  return commonTicks_ > 0 && (commonTicks_ - 1) * tick >= samples;
}

void LegEncoder::encode(const int16_t* pcm, size_t samples, size_t index, const CodecSpec& spec, EncodedOnce* common, PayloadSink& sink) {
  const bool shareable = encoder_->past() != Encoder::Past::Kept && common != nullptr && isCommon(samples, spec.sampleRate);
  if (!shareable) return encoder_->encode(pcm, samples, sink);
  const EncodedOnce::Key key{encoder_, spec, samples, index};
  if (const auto* made = common->find(key)) return made->replay(sink);
  EncodedOnce::Packet& packet = common->add(key);
  encoder_->encode(pcm, samples, packet);
  packet.replay(sink);
  if (auto same = common->alike(key)) encoder_ = std::move(same);
}

}  // namespace interconnect
