#pragma once
#include "audio/call-tone.h"
#include "player/audio-source.h"

namespace interconnect {

/** A generated tone: there at once, and without an end. */
class ToneSource final : public AudioSource {
 public:
  explicit ToneSource(CallTone tone) : tone_(std::move(tone)) {}

  bool ready() const override { return true; }
  size_t read(int16_t* out, size_t n) override {
    tone_.generate(out, n);
    return n;
  }
  std::optional<size_t> left() const override { return std::nullopt; }
  const SourceFailure* failure() const override { return nullptr; }

 private:
  CallTone tone_;
};

}  // namespace interconnect
