#pragma once
#include <string>
#include <vector>

#include "engine/leg-settings.h"

namespace interconnect {

class Leg;

/** Legs of a mix that hear the same few of it. */
struct MixPart {
  HeardLegs heard;
  std::vector<std::string> listening;
  /** Places in the mix: of the legs of `heard` that are there, and of the listeners. */
  std::vector<size_t> named;
  std::vector<size_t> listeners;
  /** How long they have heard nothing. */
  size_t quietTicks = 0;
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

 private:
  std::vector<MixPart> parts_;
  std::vector<bool> listens_;
};

}  // namespace interconnect
