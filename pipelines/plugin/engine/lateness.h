#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "clock/nanos.h"

namespace interconnect {

/** How late ticks began: bins of 10 µs up to 1 ms, of 0.1 ms up to 10 ms, of 1 ms up to 100 ms. */
class LatenessHistogram {
 public:
  void add(Nanos late);
  uint64_t count() const { return count_; }
  Nanos max() const { return max_; }
  /** Upper edge of the bin that holds the slowest 1 %, never above the maximum; 0 when empty. */
  Nanos p99() const { return quantile(99); }
  /** The same for the slowest 10 %. */
  Nanos p90() const { return quantile(90); }
  void clear() { *this = {}; }

 private:
  static constexpr size_t kBins = 281;
  Nanos quantile(unsigned percent) const;
  static size_t binOf(Nanos late);
  static Nanos upperEdge(size_t bin);

  std::array<uint32_t, kBins> bins_{};
  uint64_t count_ = 0;
  Nanos max_ = 0;
};

/** Whether the loop has been too late, in the last two to four seconds, to take another leg. */
class OverloadGuard {
 public:
  void add(Nanos late, Nanos now);
  bool overloaded(Nanos now);

 private:
  void rotate(Nanos now);
  LatenessHistogram running_;
  LatenessHistogram before_;
  Nanos began_ = 0;
};

}  // namespace interconnect
