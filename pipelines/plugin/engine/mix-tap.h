#pragma once
#include <cstddef>
#include <cstdint>

#include "clock/nanos.h"

namespace interconnect {

struct Mix;

/** A tick of a mix at one rate: what each leg said, and, of a session, the sum of it. */
struct MixedTick {
  uint32_t rate;
  size_t samples;
  /** Not limited to 16 bits yet. */
  const int32_t* sum;
  /** One leg after the other, in the mix's order. */
  const int16_t* frames;

  const int16_t* frame(size_t leg) const { return frames + leg * samples; }
};

/** Hears what is said in mixes: called in the middle of a tick, so it must neither wait nor allocate. */
class MixTap {
 public:
  /**
   * @param audible by leg: 0 for one whose frame is mere silence
   * @param next the same tick at the rate at which the mix goes on; nullptr while the rate stays
   */
  virtual void hear(const Mix& mix, Nanos nominal, const uint8_t* audible, const MixedTick& tick, const MixedTick* next) = 0;

 protected:
  ~MixTap() = default;
};

}  // namespace interconnect
