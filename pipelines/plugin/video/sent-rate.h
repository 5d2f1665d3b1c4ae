#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "clock/nanos.h"

namespace interconnect {

/** What goes by, in each of the last two seconds. */
class SentRate {
 public:
  void add(size_t bytes, Nanos now) {
    turn(now);
    buckets_[place(now)] += bytes;
  }

  /** Bit/s of the last second or of the one before, whichever was less: what has gone by for a while. */
  uint64_t lasting(Nanos now) {
    turn(now);
    std::array<uint64_t, 2> bytes{};
    for (size_t age = 0; age < kBuckets; age++) bytes[age / (kBuckets / 2)] += buckets_[(place(now) + kBuckets - age) % kBuckets];
    return 8 * (bytes[0] < bytes[1] ? bytes[0] : bytes[1]);
  }

 private:
  static constexpr size_t kBuckets = 20;
  static constexpr Nanos kBucket = 100 * kMillisecond;

  static size_t place(Nanos now) { return static_cast<size_t>(now / kBucket) % kBuckets; }

  /** Empties the buckets that have come round. */
  void turn(Nanos now) {
    const Nanos current = now / kBucket;
    if (current - newest_ >= static_cast<Nanos>(kBuckets)) buckets_.fill(0);
    else for (Nanos n = newest_ + 1; n <= current; n++) buckets_[static_cast<size_t>(n) % kBuckets] = 0;
    if (current > newest_) newest_ = current;
  }

  std::array<uint64_t, kBuckets> buckets_{};
  Nanos newest_ = 0;
};

}  // namespace interconnect
