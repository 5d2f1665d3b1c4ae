#pragma once
#include <array>
#include <memory>
#include <optional>
#include <string>

#include "audio/gain.h"
#include "audio/level.h"
#include "audio/resampler.h"
#include "codec/chain.h"

namespace interconnect {

/** What webrtcdsp does to a voice. */
struct ProcessingSpec {
  bool noiseSuppression = false;
  bool gainControl = false;

  bool any() const { return noiseSuppression || gainControl; }
  bool operator==(const ProcessingSpec& other) const {
    return noiseSuppression == other.noiseSuppression && gainControl == other.gainControl;
  }
};

/** What is done to what a leg says, on its way into the mix: one stage of webrtcdsp, then a gain. Most legs have none. */
class VoiceProcessing final : private ChainSink {
 public:
  VoiceProcessing() : level_(8000) {}
  void setGain(double db) { gain_.set(db); }
  void setSpec(const ProcessingSpec& spec);
  /** Nothing would be changed any more. */
  bool idle() const { return gain_.neutral() && !spec_.any(); }

  /** One tick. @returns the same length, valid until the next call */
  const int16_t* process(const int16_t* pcm, size_t n, uint32_t rate);
  void addSilence(size_t n) { level_.addSilence(n); }
  /** Of what came out in the last second. */
  const LevelMeter& level() const { return level_; }
  /** A sentence when webrtcdsp has broken; the voice goes on as it is. */
  const std::optional<std::string>& failure() const { return failure_; }

  /** Why such a stage cannot be made on this machine; nothing when it can. */
  static std::optional<std::string> refusal(const ProcessingSpec& spec);

 private:
  void buffer(GstBuffer* buffer) override;
  void passStage(const int16_t* pcm, size_t n, uint32_t rate);

  Gain gain_;
  ProcessingSpec spec_;
  std::unique_ptr<Chain> chain_;
  uint32_t rate_ = 0;
  uint64_t samples_ = 0;
  size_t written_ = 0;
  std::array<int16_t, Resampler::kMaxInput> out_{};
  LevelMeter level_;
  std::optional<std::string> failure_;
};

}  // namespace interconnect
