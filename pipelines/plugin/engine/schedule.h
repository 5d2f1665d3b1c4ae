#pragma once
#include <array>
#include <functional>
#include <optional>
#include <vector>

#include "clock/clock.h"
#include "engine/mix.h"
#include "engine/tick.h"

namespace interconnect {

/**
 * Which mix is due when. A tick's 20 ms have ten slots; every mix has one of them, a new one the least loaded, so that
 * the work is spread and the loop need not wake for slots that hold none. Mixes of which nobody is sent anything (whoever
 * is heard undecoded, and who hears so) have next to no work, and share slots.
 */
class Schedule {
 public:
  using Work = std::function<void(Mix& mix, Nanos nominal, Nanos now)>;
  /** How late a slot's work began. */
  using Lateness = std::function<void(Nanos late)>;

  explicit Schedule(const Clock& clock) : clock_(clock) {}

  /** All that is due must have been run(), so that a new mix is not asked to catch up on what was before it. */
  void add(Mix& mix);
  void remove(Mix& mix);
  /** Its legs, or what they are sent, may be others. */
  void reconsider(Mix& mix);

  /** Does all that is due by now, in order; after a stall at most kMaxCatchUp ticks of each mix. */
  void run(const Work& work, const Lateness& lateness);
  /** Nominal time of a mix's next tick. */
  Nanos nextTick(const Mix& mix) const;
  /** When the next mix is due; nothing when there is none. */
  std::optional<Nanos> next() const;
  /** Every tick up to that time has been run. */
  Nanos done() const { return done_ * kSlot; }
  /** Mixes that were left out after stalls. */
  uint64_t skipped() const { return skipped_; }

 private:
  using Slot = std::vector<Mix*>;
  static size_t indexOf(int64_t instant) { return static_cast<size_t>(instant % kSlots); }
  size_t legsIn(const Slot& slot) const;
  size_t slotFor(const Mix& mix) const;

  const Clock& clock_;
  std::array<Slot, kSlots> slots_;
  /** Number of the last slot that was run, counted since the clock's zero. */
  int64_t done_ = 0;
  uint64_t skipped_ = 0;
};

}  // namespace interconnect
