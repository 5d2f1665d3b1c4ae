#pragma once

#include <cstddef>
#include <cstdint>

#include "clock/nanos.h"

namespace interconnect {

/**
 * Makes audio longer or shorter without changing its pitch: whole pitch periods are put in or taken out, with an
 * overlap-add where the signal is most like itself (WSOLA). One splice of 2.5–13 ms at a time.
 *
 * Where it is quiet a splice of any length is made at once. Otherwise it waits for a stretch with a clear period, is
 * content with less the longer it has waited, and leaves 60 ms between splices: no more than a quarter is added or lost.
 * What is less than a period too long stays so until it is quiet. Mono, 8–48 kHz, no allocation.
 */
class TimeScale {
 public:
  explicit TimeScale(uint32_t sampleRate);

  /**
   * @param pcm not yet played, `n` samples with room for longest() more; its first and last samples stay what they are
   * @param wanted samples to be put in (taken out if negative); put in is up to a period more, taken out never more
   * @param now time that the audio goes by
   * @returns the new number of samples
   */
  size_t scale(int16_t* pcm, size_t n, ptrdiff_t wanted, Nanos now);

  /** Most samples that a call puts in. */
  size_t longest() const { return maxLag_; }

 private:
  struct Splice {
    size_t at = 0;
    size_t lag = 0;
    size_t overlap = 0;
    float likeness = 0;
  };

  Splice find(const int16_t* pcm, size_t n, size_t maxLag) const;
  float enough(ptrdiff_t wanted, Nanos now) const;

  size_t rate_;
  size_t minLag_;
  size_t maxLag_;
  /** What is looked at for a splice. */
  size_t region_;
  /** When the last splice was made, and since when another one is wanted. */
  Nanos splicedAt_ = 0;
  Nanos wantedSince_ = 0;
  Nanos calledAt_ = 0;
  ptrdiff_t wanted_ = 0;
};

}  // namespace interconnect
