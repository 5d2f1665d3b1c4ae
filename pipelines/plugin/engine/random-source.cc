#include "engine/random-source.h"

#include <sys/random.h>

#include <random>

namespace interconnect {

RandomSource systemRandom() {
  return [] {
    uint64_t bits = 0;
    while (getrandom(&bits, sizeof bits, 0) != static_cast<ssize_t>(sizeof bits)) {
    }
    return bits;
  };
}

RandomSource seededRandom(uint64_t seed) {
  return [generator = std::mt19937_64(seed)]() mutable { return generator(); };
}

}  // namespace interconnect
