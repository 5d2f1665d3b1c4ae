#pragma once
#include <algorithm>

namespace interconnect {

/**
 * How much loss an encoder is to provide for, by what the far end reports: at once when there is more, and less only
 * after three calm reports (some 15 s), since losses come in groups and each change makes a shared encoder a leg's own.
 */
class ExpectedLoss {
 public:
  /** Percent: 0, 5, 10 or 20; more costs the sound more than it repairs. */
  unsigned percent() const { return percent_; }

  /** The fraction of a report (RFC 3550 §6.4.1). @returns whether percent() is another one now */
  bool reported(double ratio) {
    const unsigned wanted = stepOf(ratio);
    if (wanted >= percent_) {
      const bool changed = wanted > percent_;
      percent_ = wanted;
      calm_ = 0;
      highestCalm_ = 0;
      return changed;
    }
    highestCalm_ = std::max(highestCalm_, wanted);
    if (++calm_ < kCalmReports) return false;
    percent_ = highestCalm_;
    calm_ = 0;
    highestCalm_ = 0;
    return true;
  }

 private:
  static constexpr unsigned kCalmReports = 3;

  /** A packet or two in a report of five seconds are no loss to speak of. */
  static unsigned stepOf(double ratio) {
    if (ratio < 0.01) return 0;
    if (ratio < 0.05) return 5;
    return ratio < 0.1 ? 10 : 20;
  }

  unsigned percent_ = 0;
  unsigned calm_ = 0;
  unsigned highestCalm_ = 0;
};

}  // namespace interconnect
