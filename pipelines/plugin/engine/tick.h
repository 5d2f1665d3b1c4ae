#pragma once
#include "clock/nanos.h"

namespace interconnect {

/** Every mix takes place once a tick. */
constexpr Nanos kTick = 20 * kMillisecond;
/** Mixes are spread over the tick, in slots. */
constexpr Nanos kSlot = 2 * kMillisecond;
constexpr int64_t kSlots = kTick / kSlot;
/** After a stall so many ticks are made up for; the rest is left out (a 12 s freeze once replayed 612 of them). */
constexpr int64_t kMaxCatchUp = 3;

}  // namespace interconnect
