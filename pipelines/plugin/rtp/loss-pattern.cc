#include "rtp/loss-pattern.h"

#include <algorithm>

namespace interconnect {
namespace {

/** Gmin of RFC 3611 §4.7.2. */
constexpr uint64_t kCleanMeansGap = 16;
/** Steps beyond these are another stream's (RFC 3550 A.1, MAX_DROPOUT and MAX_MISORDER). */
constexpr int kMaxAhead = 3000;
constexpr int kMaxBehind = 100;

}  // namespace

void LossPattern::Bursts::step(bool usable) {
  if (usable) {
    ++totals_.usable;
    inRun_ = false;
    if (clusterLost_ == 0) ++totals_.gapPackets;
    else if (++clean_ >= kCleanMeansGap) endCluster();
    return;
  }
  ++totals_.lost;
  if (!inRun_) ++totals_.runs;
  inRun_ = true;
  clusterPackets_ += clean_ + 1;
  clean_ = 0;
  ++clusterLost_;
}

/** A single loss is part of the gap that it lies in. */
void LossPattern::Bursts::endCluster() {
  if (clusterLost_ > 1) {
    ++totals_.bursts;
    totals_.burstPackets += clusterPackets_;
  } else {
    totals_.gapPackets += clusterPackets_;
  }
  totals_.gapPackets += clean_;
  clusterLost_ = clusterPackets_ = clean_ = 0;
}

LossPattern::Totals LossPattern::Bursts::closed() const {
  Bursts copy = *this;
  copy.endCluster();
  return copy.totals_;
}

void LossPattern::usable(uint32_t ssrc, uint16_t sequence, bool settled) {
  const int ahead = static_cast<int16_t>(static_cast<uint16_t>(sequence - static_cast<uint16_t>(top_)));
  if (started_ && (ssrc != ssrc_ || ahead > kMaxAhead || ahead < -kMaxBehind)) restart();
  if (!started_) {
    started_ = true;
    ssrc_ = ssrc;
    top_ = sequence;
    window_ = 1;
    filled_ = 1;
    settled_ = settled ? top_ : top_ - 1;
    return;
  }
  for (int i = 0; i < ahead; ++i) {
    if (filled_ == kWindow) bursts_.step((window_ >> (kWindow - 1)) != 0);
    else ++filled_;
    window_ <<= 1;
    ++top_;
  }
  const int64_t number = top_ + std::min(ahead, 0);
  if (top_ - number < filled_) window_ |= uint64_t{1} << (top_ - number);
  if (settled) settled_ = std::max(settled_, number);
}

LossPattern::Bursts LossPattern::decided() const {
  Bursts bursts = bursts_;
  const int64_t open = std::max<int64_t>(0, top_ - settled_);
  for (int64_t i = filled_ - 1; i >= open; --i) bursts.step(((window_ >> i) & 1) != 0);
  return bursts;
}

void LossPattern::restart() {
  bursts_ = decided();
  started_ = false;
  filled_ = 0;
}

LossPattern::Totals LossPattern::totals() const { return decided().closed(); }

std::optional<double> burstRatio(const LossPattern::Totals& totals) {
  if (totals.runs == 0) return std::nullopt;
  const auto lost = static_cast<double>(totals.lost);
  const double meanRun = lost / static_cast<double>(totals.runs);
  return meanRun * static_cast<double>(totals.usable) / (lost + static_cast<double>(totals.usable));
}

}  // namespace interconnect
