#pragma once

#include <cstdint>

namespace interconnect {

/**
 * Which packets belong to the stream, and their sequence numbers without wraps (RFC 3550 A.1). The first packet is
 * believed at once: a leg's far end is known from signalling, and A.1's probation would cost the first 20 ms of a call.
 */
class SequenceTracker {
 public:
  enum class Verdict {
    /** Part of the stream: `extended()` is its number. */
    Accepted,
    /** First packet of a stream: the very first one, or the second in sequence of one that took over. */
    Restarted,
    /** A jump or another SSRC, seen once: believed only when the next in sequence follows. */
    Suspect,
  };

  Verdict update(uint32_t ssrc, uint16_t sequence);

  /**
   * Number of the last accepted packet, cycles included. Starts below 2^16 with every stream; negative for what was
   * overtaken by a stream's first packet across the wrap.
   */
  int64_t extended() const { return extended_; }
  int64_t highest() const { return highest_; }
  uint32_t ssrc() const { return ssrc_; }

 private:
  Verdict suspect(uint32_t ssrc, uint16_t sequence);

  int64_t extended_ = 0;
  int64_t highest_ = 0;
  uint32_t ssrc_ = 0;
  uint32_t suspectSsrc_ = 0;
  uint16_t suspectNext_ = 0;
  bool started_ = false;
  bool suspecting_ = false;
};

}  // namespace interconnect
