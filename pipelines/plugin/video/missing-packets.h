#pragma once
#include <cstdint>
#include <vector>

#include "clock/nanos.h"

namespace interconnect {

/**
 * What of a stream of video has not come, and when to ask for it (again): at once when a later packet has come, then each
 * time that an answer is overdue, a few times. What is given up needs a key frame.
 */
class MissingPackets {
 public:
  /** Numbers count cycles (SequenceTracker::extended). */
  void came(int64_t number, Nanos now);
  /** The stream begins anew. */
  void restart();
  /** What is to be asked for now, modulo 2^16 and ascending; asking counts. `out` is overwritten. */
  void due(Nanos now, std::vector<uint16_t>& out);
  /** True once after something was given up. */
  bool takeGivenUp();

 private:
  struct Missing {
    int64_t number;
    Nanos askAt;
    unsigned asked;
  };
  // Ascending. Bounded: see came().
  std::vector<Missing> missing_;
  int64_t highest_ = 0;
  bool started_ = false;
  bool givenUp_ = false;
};

}  // namespace interconnect
