#pragma once
#include <cstddef>
#include <cstdint>

namespace interconnect {

/** Hears what a leg is sent, as it goes into the encoder: called in the middle of a tick, so it must neither wait nor allocate. */
class HeardTap {
 public:
  virtual void heard(const int16_t* pcm, uint32_t rate, size_t samples) = 0;

 protected:
  ~HeardTap() = default;
};

}  // namespace interconnect
