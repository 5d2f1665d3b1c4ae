#include "engine/mix-part.h"

#include <algorithm>
#include <unordered_map>

#include "engine/leg.h"

namespace interconnect {

void MixParts::add(const std::string& leg, HeardLegs heard) {
  // Nobody hears himself.
  auto& legs = heard.legs;
  legs.erase(std::remove(legs.begin(), legs.end(), leg), legs.end());
  if (heard.kind == HeardLegs::Kind::Except) legs.insert(std::upper_bound(legs.begin(), legs.end(), leg), leg);
  for (MixPart& part : parts_) {
    if (part.heard == heard) return part.listening.push_back(leg);
  }
  MixPart part{std::move(heard), {}, {}, {}};
  part.listening.push_back(leg);
  parts_.push_back(std::move(part));
}

void MixParts::remove(const std::string& leg) {
  for (auto part = parts_.begin(); part != parts_.end(); ++part) {
    auto& listening = part->listening;
    const auto found = std::find(listening.begin(), listening.end(), leg);
    if (found == listening.end()) continue;
    listening.erase(found);
    if (listening.empty()) parts_.erase(part);
    return;
  }
}

void MixParts::place(const std::vector<Leg*>& legs) {
  listens_.clear();
  heard_.clear();
  if (parts_.empty()) return;
  std::unordered_map<std::string, size_t> places;
  for (size_t i = 0; i < legs.size(); i++) places.emplace(legs[i]->id(), i);
  listens_.resize(legs.size());
  heard_.resize(legs.size());
  for (MixPart& part : parts_) {
    part.named.clear();
    part.listeners.clear();
    for (const std::string& leg : part.heard.legs) {
      if (const auto place = places.find(leg); place != places.end()) part.named.push_back(place->second);
    }
    for (const std::string& leg : part.listening) {
      const size_t place = places.at(leg);
      part.listeners.push_back(place);
      listens_[place] = true;
    }
    const bool only = part.heard.kind == HeardLegs::Kind::Only;
    for (size_t i = 0; i < legs.size(); i++) {
      const bool named = std::find(part.named.begin(), part.named.end(), i) != part.named.end();
      if (named == only) heard_[i] = true;
    }
  }
}

}  // namespace interconnect
