#pragma once
#include <algorithm>
#include <string>
#include <vector>

#include "engine/leg-settings.h"

namespace interconnect {

class Leg;

/** Legs of a mix that hear the same of it. */
struct MixPart {
  HeardLegs heard;
  std::vector<std::string> listening;
  /** Places in the mix: of the legs of `heard` that are there, and of the listeners. */
  std::vector<size_t> named;
  std::vector<size_t> listeners;
  /** How long they have heard nothing. */
  size_t quietTicks = 0;
  /** In this tick they hear what all hear who say nothing, as nobody whom they are not to hear says anything. */
  bool everybody = false;
  /** In the tick before it was the other way. */
  bool changes = false;
};

/** All such parts of a mix. Places are worked out when legs come and go, not in the tick. */
class MixParts {
 public:
  void add(const std::string& leg, HeardLegs heard);
  void remove(const std::string& leg);
  /** After every change of the mix's legs. */
  void place(const std::vector<Leg*>& legs);

  std::vector<MixPart>& all() { return parts_; }
  /** Whether the leg at that place hears a part. */
  bool has(size_t place) const { return place < listens_.size() && listens_[place]; }
  /** Whether anybody hears everybody but himself. */
  bool leavesOut() const {
    return std::any_of(parts_.begin(), parts_.end(), [](const MixPart& part) { return part.heard.kind == HeardLegs::Kind::Except; });
  }
  /** Whether a part holds what the leg at that place says. */
  bool heard(size_t place) const { return place < heard_.size() && heard_[place]; }

 private:
  std::vector<MixPart> parts_;
  std::vector<bool> listens_;
  std::vector<bool> heard_;
};

}  // namespace interconnect
