#include "engine/voice-processing.h"

#include <algorithm>

#include "codec/chain-codec.h"

namespace interconnect {
namespace {

const char* word(bool yes) { return yes ? "true" : "false"; }

/** Echo is the far end's to cancel: what it plays and hears again is known there alone. */
std::string descriptionOf(const ProcessingSpec& spec) {
  return std::string("webrtcdsp echo-cancel=false high-pass-filter=false noise-suppression-level=moderate noise-suppression=") +
         word(spec.noiseSuppression) + " gain-control=" + word(spec.gainControl);
}

}  // namespace

std::optional<std::string> VoiceProcessing::refusal(const ProcessingSpec& spec) {
  if (!spec.any()) return std::nullopt;
  const Chain chain(descriptionOf(spec), pcmCaps(8000), pcmCaps(8000));
  if (chain.failure().empty()) return std::nullopt;
  return chain.failure();
}

void VoiceProcessing::setSpec(const ProcessingSpec& spec) {
  if (spec == spec_) return;
  spec_ = spec;
  chain_.reset();
  failure_.reset();
}

const int16_t* VoiceProcessing::process(const int16_t* pcm, size_t n, uint32_t rate) {
  if (rate != rate_) {
    rate_ = rate;
    chain_.reset();
    level_.setRate(rate);
  }
  if (spec_.any() && !failure_) passStage(pcm, n, rate);
  else std::copy_n(pcm, n, out_.data());
  if (!gain_.neutral()) gain_.process(out_.data(), out_.data(), n);
  level_.add(out_.data(), n);
  return out_.data();
}

/** webrtcdsp works on 10 ms and gives back as much as it was given: nothing of a tick is kept for the next one. */
void VoiceProcessing::passStage(const int16_t* pcm, size_t n, uint32_t rate) {
  if (!chain_) chain_ = std::make_unique<Chain>(descriptionOf(spec_), pcmCaps(rate), pcmCaps(rate));
  written_ = 0;
  chain_->push({reinterpret_cast<const uint8_t*>(pcm), n * sizeof(int16_t)}, gst_util_uint64_scale(samples_, GST_SECOND, rate),
               gst_util_uint64_scale(n, GST_SECOND, rate), *this);
  samples_ += n;
  if (written_ == n) return;
  failure_ = "the voice is no longer processed: " + (chain_->failure().empty() ? "webrtcdsp gives no audio" : chain_->failure());
  std::copy_n(pcm, n, out_.data());
}

void VoiceProcessing::buffer(GstBuffer* buffer) {
  const size_t room = (out_.size() - written_) * sizeof(int16_t);
  written_ += gst_buffer_extract(buffer, 0, out_.data() + written_, std::min<size_t>(room, gst_buffer_get_size(buffer))) / sizeof(int16_t);
}

}  // namespace interconnect
