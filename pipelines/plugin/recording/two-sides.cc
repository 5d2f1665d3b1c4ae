#include "recording/two-sides.h"

#include <algorithm>

namespace interconnect {

void TwoSides::join() {
  const size_t both = std::min(said_.size(), heard_.size());
  joined_.resize(both * channels_);
  for (size_t i = 0; i < both; i++) {
    if (channels_ == 2) {
      joined_[2 * i] = said_[i];
      joined_[2 * i + 1] = heard_[i];
    } else {
      joined_[i] = static_cast<int16_t>(std::clamp(int32_t{said_[i]} + heard_[i], -32768, 32767));
    }
  }
  output_(joined_.data(), joined_.size());
  said_.erase(said_.begin(), said_.begin() + static_cast<std::ptrdiff_t>(both));
  heard_.erase(heard_.begin(), heard_.begin() + static_cast<std::ptrdiff_t>(both));
}

void TwoSides::finish() {
  const size_t longest = std::max(said_.size(), heard_.size());
  said_.resize(longest);
  heard_.resize(longest);
  join();
}

}  // namespace interconnect
