#include "rtp/sequence.h"

namespace interconnect {
namespace {

// RFC 3550 A.1. A gap of 3000 packets is a minute at 20 ms; more is a new start.
constexpr int kMaxDropout = 3000;
constexpr int kMaxMisorder = 100;

}  // namespace

SequenceTracker::Verdict SequenceTracker::update(uint32_t ssrc, uint16_t sequence) {
  if (!started_) {
    started_ = true;
    ssrc_ = ssrc;
    extended_ = highest_ = sequence;
    return Verdict::Restarted;
  }
  if (ssrc != ssrc_) return suspect(ssrc, sequence);
  const int step = static_cast<int16_t>(static_cast<uint16_t>(sequence - static_cast<uint16_t>(highest_)));
  if (step >= kMaxDropout || step <= -kMaxMisorder) return suspect(ssrc, sequence);
  // An accepted packet in between ends a suspicion: two sources that alternate would else take turns for ever.
  suspecting_ = false;
  extended_ = highest_ + step;
  if (step > 0) highest_ = extended_;
  return Verdict::Accepted;
}

SequenceTracker::Verdict SequenceTracker::suspect(uint32_t ssrc, uint16_t sequence) {
  const bool follows = suspecting_ && ssrc == suspectSsrc_ && sequence == suspectNext_;
  if (!follows) {
    suspecting_ = true;
    suspectSsrc_ = ssrc;
    suspectNext_ = static_cast<uint16_t>(sequence + 1);
    return Verdict::Suspect;
  }
  suspecting_ = false;
  ssrc_ = ssrc;
  extended_ = highest_ = sequence;
  return Verdict::Restarted;
}

}  // namespace interconnect
