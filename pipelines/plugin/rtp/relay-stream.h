#pragma once

#include <cstdint>
#include <optional>

namespace interconnect {

/**
 * Gives the packets of another stream their places in the one that we send: its gaps and its late packets keep theirs,
 * its duplicates are left out (a sequence number is never used twice: under SRTP that would be a key stream used twice).
 * A stretch of one source is numbered by one offset; another source, or the same one after a pause, begins a new stretch.
 */
class RelayStream {
 public:
  struct Place {
    uint16_t sequence;
    uint32_t timestamp;
    /** No later packet has gone out before it. */
    bool newest;
  };

  bool begun() const { return begun_; }
  /** The next packet begins a new stretch. */
  void restart() { begun_ = false; }
  /**
   * The stretch begins with the source's packet `number` (cycles included), which gets the given place; what the source
   * sent before it is too late from now on.
   */
  void begin(int64_t number, uint32_t timestamp, uint16_t ourSequence, uint32_t ourTimestamp);

  // Only when begun():
  /** Nothing when the place is taken (a duplicate), or lies before the stretch or far behind. */
  std::optional<Place> place(int64_t number, uint32_t timestamp);
  /** A packet that is not sent on: those after it close up, so that the far end sees no loss. */
  void leaveOut(int64_t number);
  /** The source has set its clock back: its newest packet has an earlier time stamp than the one before. */
  bool setBack(int64_t number, uint32_t timestamp) const;

 private:
  bool begun_ = false;
  int64_t highestNumber_ = 0;
  /** Our numbers (cycles included) minus the source's. */
  int64_t offset_ = 0;
  int64_t highest_ = 0;
  /** Which of the last 64 of our numbers are taken; the highest is bit 0. */
  uint64_t taken_ = 0;
  uint32_t timestampOffset_ = 0;
  uint32_t lastTimestamp_ = 0;
};

}  // namespace interconnect
