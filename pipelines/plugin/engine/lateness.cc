#include "engine/lateness.h"

#include <algorithm>

namespace interconnect {
namespace {

constexpr Nanos kFine = 10 * kMicrosecond;
constexpr Nanos kMiddle = 100 * kMicrosecond;
constexpr Nanos kCoarse = kMillisecond;
constexpr size_t kFineBins = 100;
constexpr size_t kMiddleBins = 90;
constexpr size_t kCoarseBins = 90;

constexpr Nanos kOverloadWindow = 2 * kSecond;
/**
 * Three quarters of a tick: beyond it, mixes of one tick run into those of the next. One tick in ten must be so late: a
 * machine that stalls now and then is no reason to refuse calls, one that cannot keep up is.
 */
constexpr Nanos kOverloadLateness = 15 * kMillisecond;
/** Fewer ticks say nothing about the slowest tenth. */
constexpr uint64_t kOverloadSamples = 100;

}  // namespace

size_t LatenessHistogram::binOf(Nanos late) {
  if (late < 0) return 0;
  if (late < kMillisecond) return static_cast<size_t>(late / kFine);
  if (late < 10 * kMillisecond) return kFineBins + static_cast<size_t>((late - kMillisecond) / kMiddle);
  if (late < 100 * kMillisecond) {
    return kFineBins + kMiddleBins + static_cast<size_t>((late - 10 * kMillisecond) / kCoarse);
  }
  return kFineBins + kMiddleBins + kCoarseBins;
}

Nanos LatenessHistogram::upperEdge(size_t bin) {
  const auto i = static_cast<Nanos>(bin) + 1;
  if (bin < kFineBins) return i * kFine;
  if (bin < kFineBins + kMiddleBins) return kMillisecond + (i - Nanos{kFineBins}) * kMiddle;
  return 10 * kMillisecond + (i - Nanos{kFineBins + kMiddleBins}) * kCoarse;
}

void LatenessHistogram::add(Nanos late) {
  bins_[binOf(late)]++;
  count_++;
  max_ = std::max(max_, late);
}

Nanos LatenessHistogram::quantile(unsigned percent) const {
  const uint64_t rank = count_ * percent / 100;
  uint64_t seen = 0;
  for (size_t bin = 0; bin + 1 < kBins; bin++) {
    seen += bins_[bin];
    if (seen > rank) return std::min(upperEdge(bin), max_);
  }
  return max_;
}

void OverloadGuard::rotate(Nanos now) {
  if (now - began_ < kOverloadWindow) return;
  if (now - began_ < 2 * kOverloadWindow) before_ = running_;
  else before_.clear();
  running_.clear();
  began_ = now;
}

void OverloadGuard::add(Nanos late, Nanos now) {
  rotate(now);
  running_.add(late);
}

bool OverloadGuard::overloaded(Nanos now) {
  rotate(now);
  const auto late = [](const LatenessHistogram& h) { return h.count() >= kOverloadSamples && h.p90() > kOverloadLateness; };
  return late(before_) || late(running_);
}

}  // namespace interconnect
