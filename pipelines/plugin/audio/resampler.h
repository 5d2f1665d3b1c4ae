#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace interconnect {

/**
 * Audio from one of the rates 8, 16 and 48 kHz to another one: a windowed-sinc low-pass (Kaiser, 65 dB), computed for
 * the samples that are wanted only (polyphase). It is half-band: level up to 7/16 of the lower rate (3.5 kHz at 8 kHz),
 * 6 dB down at half of it, silent from 9/16 on. It is as long as 32 samples of the lower rate and delays by 16 (2 ms at
 * 8 kHz, 1 ms at 16 kHz). Mono. No allocation after construction.
 */
class Resampler {
 public:
  /** How many samples of the lower rate each output sample is made of. */
  static constexpr size_t kTaps = 32;
  /** The longest input of one call: a tick of 20 ms at 48 kHz. */
  static constexpr size_t kMaxInput = 960;

  /** Each 8000, 16000 or 48000, and not the same. */
  Resampler(uint32_t from, uint32_t to);

  /** `n` samples, a multiple of the factor when the rate falls; writes n * to / from. What was before is remembered. */
  void process(const int16_t* in, size_t n, int16_t* out);
  /** Whether silence would come out for silence: nothing of what was before is left. */
  bool drained() const { return silent_ >= history_; }

  uint32_t from() const { return from_; }
  uint32_t to() const { return to_; }

 private:
  void raise(const int16_t* in, size_t n, int16_t* out) const;
  void lower(const int16_t* in, size_t n, int16_t* out) const;

  const uint32_t from_;
  const uint32_t to_;
  const bool rises_;
  const size_t factor_;
  /** Samples of the past that the next output needs. */
  const size_t history_;
  /** Shared by all resamplers of that factor; the oldest sample's coefficient first. */
  const std::vector<int16_t>& taps_;
  std::vector<int16_t> room_;
  size_t silent_;
};

}  // namespace interconnect
