#pragma once

#include <cstdint>
#include <optional>

namespace interconnect {

/**
 * How losses cluster, over a whole call: runs of packets lost one after the other, from which the burst ratio of
 * ITU-T G.107 §3.5 follows, and the bursts and gaps of RFC 3611 §4.7.2. Lost is what could not be played, late packets
 * included. Numbers may come out of order; what is more than 64 behind counts no more.
 */
class LossPattern {
 public:
  /** Sums that only grow, but for what is still open: two of them taken apart tell of the time between. */
  struct Totals {
    uint64_t usable = 0;
    uint64_t lost = 0;
    /** Of losses without a usable packet between them. */
    uint64_t runs = 0;
    uint64_t bursts = 0;
    /** Packets from the first to the last loss of all bursts, and what was outside of them. */
    uint64_t burstPackets = 0;
    uint64_t gapPackets = 0;
  };

  /**
   * A packet was played, or was of use otherwise.
   * @param settled whatever has a lower number and has not been told of is lost
   */
  void usable(uint32_t ssrc, uint16_t sequence, bool settled);
  /** What comes next does not follow on what came before: nothing between the two was lost. */
  void restart();

  Totals totals() const;

 private:
  static constexpr int64_t kWindow = 64;

  /** RFC 3611 §4.7.2, with its recommended Gmin. */
  class Bursts {
   public:
    void step(bool usable);
    Totals closed() const;

   private:
    void endCluster();
    Totals totals_;
    bool inRun_ = false;
    /** Losses that are too near to each other for a gap between them. */
    uint64_t clusterLost_ = 0;
    uint64_t clusterPackets_ = 0;
    /** Usable packets since the last of them. */
    uint64_t clean_ = 0;
  };

  Bursts decided() const;

  Bursts bursts_;
  bool started_ = false;
  uint32_t ssrc_ = 0;
  /** Bit i: the packet numbered top − i was of use. */
  uint64_t window_ = 0;
  int64_t top_ = 0;
  int64_t filled_ = 0;
  int64_t settled_ = 0;
};

/** G.107: the mean run of losses over the one that random loss of the same ratio would give; nothing without a loss. */
std::optional<double> burstRatio(const LossPattern::Totals& totals);

}  // namespace interconnect
