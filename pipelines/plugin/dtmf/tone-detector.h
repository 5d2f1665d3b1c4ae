#pragma once

#include <array>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "dtmf/digit.h"
#include "dtmf/tone-spectrum.h"

namespace interconnect {

/**
 * Hears the digits that are pressed as tones (ITU-T Q.23, limits of Q.24): each once, at its end. A digit is 35 ms and
 * more in which two tones, one of each group, carry nearly all the power, neither far louder than the other, both
 * within 2.3 % of their frequencies, which is measured by how their phases go on: speech holds no such pair still.
 *
 *     add(pcm, samples, concealed) tick by tick; while (auto digit = next()) …
 */
class ToneDetector {
 public:
  /** @param sampleRate 8000, 16000 or 48000 */
  explicit ToneDetector(uint32_t sampleRate) : spectrum_(sampleRate) {}

  /**
   * @param pcm nullptr: silence
   * @param samples a whole number of blocks of 5 ms
   * @param concealed some of it was made up here: a tone that is missing in it has not ended
   */
  void add(const int16_t* pcm, size_t samples, bool concealed);
  std::optional<Digit> next();

  size_t blockSamples() const { return spectrum_.blockSamples(); }
  /** A digit is being heard. */
  bool active() const { return digit_.has_value(); }
  /** Whether one was heard in the block of 5 ms that ended so many blocks ago, as far as is known now. */
  bool inDigit(size_t blocksAgo) const;

 private:
  /** Two tones that may be a digit: one of each group, the loudest. */
  struct Candidate {
    size_t key = 0;
    ToneSpectrum::Pair pair;
    /** In which window it was seen. */
    uint64_t block = 0;
  };
  struct Span {
    uint64_t begin = 0;
    /** The block after the last one. */
    uint64_t end = 0;
  };

  void block(bool concealed);
  std::optional<Candidate> candidate() const;
  void follow(const Candidate& candidate, bool unsure);
  void begin(size_t key);
  void end();

  static constexpr size_t kMaxWaiting = 4;

  ToneSpectrum spectrum_;
  /** Blocks so far. */
  uint64_t now_ = 0;
  std::optional<Candidate> last_;
  // Of the run of like windows that has not been broken, but by what was lost:
  size_t runKey_ = 0;
  uint64_t runBegan_ = 0;
  int hits_ = 0;
  std::complex<float> lowTurn_;
  std::complex<float> highTurn_;
  /** Key of the digit that is heard. */
  std::optional<size_t> digit_;
  Span span_;
  Span before_;
  int misses_ = 0;
  int unknown_ = 0;
  /** Blocks for which what was made up is still felt. */
  int unsure_ = 0;

  std::array<Digit, kMaxWaiting> waiting_{};
  size_t waitingFirst_ = 0;
  size_t waitingCount_ = 0;
};

}  // namespace interconnect
