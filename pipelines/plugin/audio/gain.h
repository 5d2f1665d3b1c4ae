#pragma once
#include <cstddef>
#include <cstdint>

namespace interconnect {

/** Louder or softer, limited to what 16 bits hold. A change is ramped over the next block, so that nobody hears a step. */
class Gain {
 public:
  /** @param db 0: nothing is changed */
  void set(double db);
  /** Whether process() would give back what it was given. */
  bool neutral() const { return factor_ == 1 && wanted_ == 1; }
  /** `in` and `out` may be the same. */
  void process(const int16_t* in, int16_t* out, size_t n);
  /** The block before once more, at another rate. */
  void again(const int16_t* in, int16_t* out, size_t n) const { ramp(in, out, n, before_, factor_); }

 private:
  static void ramp(const int16_t* in, int16_t* out, size_t n, float from, float to);
  float before_ = 1;
  float factor_ = 1;
  float wanted_ = 1;
};

}  // namespace interconnect
