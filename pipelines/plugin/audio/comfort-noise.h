#pragma once
#include <cstddef>
#include <cstdint>

namespace interconnect {

/** White noise at the level that a packet of RFC 3389 asks for; its spectrum is left to those who can hear it. */
class ComfortNoise {
 public:
  /** @param level of the packet's first byte: −dBov, 0–127 */
  explicit ComfortNoise(uint8_t level);

  void setLevel(uint8_t level);
  void generate(int16_t* out, size_t n);

 private:
  /** The noise lies between −this and this. */
  int32_t peak_ = 0;
  uint32_t random_ = 1;
};

}  // namespace interconnect
