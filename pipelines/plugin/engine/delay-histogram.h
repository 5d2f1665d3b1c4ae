#pragma once
#include <array>
#include <cstdint>

#include "clock/nanos.h"

namespace interconnect {

/** How long audio stayed in the engine, over a whole call: bins of 0.5 ms up to 200 ms. */
class DelayHistogram {
 public:
  void add(Nanos delay) {
    const int64_t bin = delay < 0 ? 0 : delay / kBin;
    bins_[static_cast<size_t>(bin < kBins ? bin : kBins)]++;
    count_++;
    sum_ += delay;
    if (delay > max_) max_ = delay;
  }
  uint64_t count() const { return count_; }
  Nanos sum() const { return sum_; }
  Nanos max() const { return max_; }

  /** The middle of the bin that holds this share (0–1) of all delays, never above the maximum. */
  Nanos percentile(double share) const {
    const auto rank = static_cast<uint64_t>(share * static_cast<double>(count_));
    uint64_t seen = 0;
    for (int64_t i = 0; i < kBins; i++) {
      seen += bins_[static_cast<size_t>(i)];
      if (seen <= rank) continue;
      const Nanos middle = i * kBin + kBin / 2;
      return middle < max_ ? middle : max_;
    }
    return max_;
  }

 private:
  static constexpr Nanos kBin = kMillisecond / 2;
  static constexpr int64_t kBins = 400;
  // The last one: all that is longer.
  std::array<uint32_t, kBins + 1> bins_{};
  uint64_t count_ = 0;
  Nanos sum_ = 0;
  Nanos max_ = 0;
};

}  // namespace interconnect
