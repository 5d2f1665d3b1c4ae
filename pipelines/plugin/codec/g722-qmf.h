#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

namespace interconnect::g722 {

/** Pairs of samples, of which each becomes a byte, that are worked on at a time: 10 ms. */
inline constexpr size_t kPairs = 80;
/** One sample a pair. */
using BandSamples = std::array<int16_t, kPairs>;

/** The transmit filter: 16 kHz to a lower and a higher band of 8 kHz (ITU-T G.722 §3.1, §5.2.1). */
class Analysis {
 public:
  /** `pairs` is at most kPairs. */
  void split(const int16_t* pcm, size_t pairs, BandSamples& lower, BandSamples& higher);

 private:
  static constexpr size_t kPast = 22;
  std::array<int16_t, kPast> past_{};
};

/** The receive filter: both bands to 16 kHz (§4.4, §5.2.2). */
class Synthesis {
 public:
  /** Both within 15 bits (LIMIT). */
  void join(const BandSamples& lower, const BandSamples& higher, size_t pairs, int16_t* pcm);

 private:
  static constexpr size_t kPast = 15;
  std::array<int16_t, kPast> sums_{};
  std::array<int16_t, kPast> differences_{};
};

}  // namespace interconnect::g722
