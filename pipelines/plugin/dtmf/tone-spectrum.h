#pragma once

#include <array>
#include <complex>
#include <cstddef>
#include <cstdint>

namespace interconnect {

/** The eight tones of ITU-T Q.23 in audio, over a window of 15 ms that moves on by 5 ms. */
class ToneSpectrum {
 public:
  static constexpr size_t kTones = 8;
  static constexpr size_t kBlocksPerSecond = 200;
  static constexpr size_t kWindowBlocks = 3;

  /** @param sampleRate 8000, 16000 or 48000 */
  explicit ToneSpectrum(uint32_t sampleRate);

  size_t blockSamples() const { return table_.blockSamples; }
  /** The window moves on by a block of blockSamples(); nullptr: of silence. */
  void add(const int16_t* block);

  /** Mean square of the window. */
  float power() const { return power_; }
  /** Of one tone (the low group first) its complex amplitude at the beginning of the window, as if it were there alone. */
  std::complex<float> tone(size_t i) const { return window_[i]; }

  struct Pair {
    std::complex<float> low;
    std::complex<float> high;
  };
  /** Of two tones that are there together, without what each adds to the figure of the other. */
  Pair pair(size_t low, size_t high) const;
  /** By which a tone of that frequency turns with every block. */
  std::complex<float> turn(size_t i) const { return std::conj(table_.back[i]); }

 private:
  static constexpr size_t kMaxBlock = 240;
  using Sums = std::array<std::complex<float>, kTones>;

  struct Table {
    explicit Table(uint32_t sampleRate);
    size_t blockSamples;
    std::array<std::array<float, kTones>, kMaxBlock> cosine;
    std::array<std::array<float, kTones>, kMaxBlock> sine;
    /** What turns a tone's sum back by a block. */
    Sums back;
    /** Share of a high tone that is seen as a low one: by low and high. */
    std::array<std::array<std::complex<float>, 4>, 4> leak;
  };
  static const Table& tableOf(uint32_t sampleRate);

  const Table& table_;
  std::array<Sums, kWindowBlocks> blocks_{};
  std::array<float, kWindowBlocks> energies_{};
  size_t newest_ = 0;
  Sums window_{};
  float power_ = 0;
};

}  // namespace interconnect
