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
  void useTemplate(size_t periods);
  void synthesise(int16_t* out, size_t n);
  int16_t next();
  void remember(const int16_t* pcm, size_t n);
  size_t findPitch() const;

  const size_t rate_;
  const size_t minPitch_;
  const size_t maxPitch_;
  /** The last 3¼ longest periods. */
  std::vector<int16_t> history_;
  /** What is repeated, and what was until the number of periods last changed. */
  std::vector<int16_t> template_;
  std::vector<int16_t> former_;
  size_t templateSize_ = 0;
  size_t formerSize_ = 0;
  size_t position_ = 0;
  size_t formerPosition_ = 0;
  size_t formerLeft_ = 0;
  size_t pitch_ = 0;
  size_t periods_ = 0;
  size_t overlap_ = 0;
  /** Samples made up since the last good one. */
  size_t concealed_ = 0;
  /** Step between the last good sample and where the repetition begins; fades out over the first overlap. */
  int jointStep_ = 0;
  bool concealing_ = false;
};

}  // namespace interconnect
