#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace interconnect {

/**
 * Fills what got lost of a decoded stream, in the manner of ITU-T G.711 Appendix I: the last pitch periods are repeated,
 * fade from 10 ms on and are silent after 60 ms; the next good samples are faded in over the continued repetition.
 * Unlike Appendix I it does not hold the good signal back by 3.75 ms: the joint is smoothed in what is made up.
 * Mono, 8–48 kHz. No allocation after construction.
 */
class Concealment {
 public:
  explicit Concealment(uint32_t sampleRate);

  /** Good samples, in order. The first ones after a gap are changed in place (cross-fade). */
  void good(int16_t* pcm, size_t n);

  /** `n` samples in the place of lost ones. */
  void conceal(int16_t* out, size_t n);

  /** The next good samples do not follow the last ones (some were left out): they are cross-faded too. */
  void gap();

  /** Forgets the signal (another stream). */
  void reset();

 private:
  void begin();
  void repeat(size_t periods);
  int16_t next();
  float gain() const;
  void remember(const int16_t* pcm, size_t n);
  size_t findPitch() const;

  /** A stretch of signal that is repeated without an audible seam. */
  struct Loop {
    std::vector<int16_t> samples;
    size_t size = 0;
    size_t position = 0;

    int16_t next() {
      const int16_t sample = samples[position];
      position = position + 1 == size ? 0 : position + 1;
      return sample;
    }
  };

  size_t rate_;
  size_t minPitch_;
  size_t maxPitch_;
  /** The last 3¼ longest periods. */
  std::vector<int16_t> history_;
  /** The history as it was when the gap began. */
  std::vector<int16_t> source_;
  Loop loop_;
  /** The loop before the number of periods last changed, and how much of it is still faded out. */
  Loop former_;
  size_t formerLeft_ = 0;
  size_t pitch_ = 0;
  size_t periods_ = 0;
  size_t overlap_ = 0;
  /** Samples made up since the last good one. */
  size_t made_ = 0;
  /** How the last good samples ring on; the repetition is faded in over it. */
  std::vector<float> ring_;
  bool concealing_ = false;
};

}  // namespace interconnect
