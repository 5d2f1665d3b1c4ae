#include "engine/schedule.h"

#include <algorithm>

namespace interconnect {
namespace {

/** Of a few microseconds each: less than half a millisecond. */
constexpr size_t kLightLegs = 128;

}  // namespace

size_t Schedule::legsIn(const Slot& slot) const {
  size_t legs = 0;
  for (const Mix* mix : slot) legs += mix->legs.size();
  return legs;
}

size_t Schedule::slotFor(const Mix& mix) const {
  size_t best = 0;
  size_t fewest = SIZE_MAX;
  for (size_t i = 0; i < slots_.size(); i++) {
    const Slot& slot = slots_[i];
    const size_t legs = legsIn(slot);
    const auto light = [](const Mix* other) { return other->light; };
    if (mix.light && legs < kLightLegs && std::any_of(slot.begin(), slot.end(), light)) return i;
    if (legs >= fewest) continue;
    fewest = legs;
    best = i;
  }
  return best;
}

void Schedule::add(Mix& mix) {
  mix.light = mix.nobodyIsSent();
  mix.slot = slotFor(mix);
  slots_[mix.slot].push_back(&mix);
}

void Schedule::reconsider(Mix& mix) {
  if (mix.light == mix.nobodyIsSent()) return;
  remove(mix);
  add(mix);
}

void Schedule::remove(Mix& mix) {
  Slot& slot = slots_[mix.slot];
  slot.erase(std::remove(slot.begin(), slot.end(), &mix), slot.end());
}

void Schedule::run(const Work& work, const Lateness& lateness) {
  const int64_t current = clock_.now() / kSlot;
  const int64_t oldest = current - kMaxCatchUp * kSlots;
  if (done_ < oldest) {
    for (size_t i = 0; i < slots_.size(); i++) {
      const auto at = static_cast<int64_t>(i);
      // Up to and including k, this slot's turn has come (k − at) / kSlots + 1 times.
      const int64_t leftOut = (oldest - at + kSlots) / kSlots - (done_ - at + kSlots) / kSlots;
      skipped_ += static_cast<uint64_t>(leftOut) * slots_[i].size();
    }
    done_ = oldest;
  }
  while (done_ < current) {
    done_++;
    const Slot& slot = slots_[indexOf(done_)];
    if (slot.empty()) continue;
    const Nanos nominal = done_ * kSlot;
    lateness(clock_.now() - nominal);
    for (Mix* mix : slot) work(*mix, nominal, clock_.now());
  }
}

Nanos Schedule::nextTick(const Mix& mix) const {
  int64_t instant = done_ + 1;
  while (indexOf(instant) != mix.slot) instant++;
  return instant * kSlot;
}

std::optional<Nanos> Schedule::next() const {
  for (int64_t instant = done_ + 1; instant <= done_ + kSlots; instant++) {
    if (!slots_[indexOf(instant)].empty()) return instant * kSlot;
  }
  return std::nullopt;
}

}  // namespace interconnect
