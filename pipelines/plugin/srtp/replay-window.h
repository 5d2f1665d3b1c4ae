#pragma once
#include <bitset>
#include <cstddef>
#include <cstdint>

namespace interconnect {

/** Which of the newest numbers of a stream were seen (RFC 3711 §3.3.2: 64 at least). */
class ReplayWindow {
 public:
  static constexpr uint64_t kSize = 128;

  bool begun() const { return begun_; }
  uint64_t highest() const { return highest_; }

  /** False for what was seen, or is too old to tell. */
  bool isNew(uint64_t index) const {
    if (!begun_ || index > highest_) return true;
    const uint64_t age = highest_ - index;
    return age < kSize && !seen_[age];
  }

  void take(uint64_t index) {
    if (!begun_ || index > highest_) {
      const uint64_t step = begun_ ? index - highest_ : kSize;
      if (step < kSize) seen_ <<= step;
      else seen_.reset();
      highest_ = index;
      begun_ = true;
    }
    seen_.set(highest_ - index);
  }

 private:
  bool begun_ = false;
  uint64_t highest_ = 0;
  /** By age: bit 0 is the highest. */
  std::bitset<kSize> seen_;
};

}  // namespace interconnect
