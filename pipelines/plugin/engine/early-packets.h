#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "net/network.h"

namespace interconnect {

/**
 * What came before the leg knew what it means: the first packets of a far end whose answer is still on its way through
 * the signalling. The latest few are kept, so that the first word is not lost; what came before the answer itself
 * (early media) is too old when it is asked for.
 */
class EarlyPackets {
 public:
  void keep(const Datagram& datagram) {
    if (!kept_) kept_ = std::make_unique<std::array<Kept, kMost>>();
    Kept& place = (*kept_)[count_++ % kMost];
    place.bytes.assign(datagram.bytes.data, datagram.bytes.data + datagram.bytes.size);
    place.from = datagram.from;
    place.arrival = datagram.arrival;
  }

  /** Hands on, in order, what came at `since` or later, and forgets all. */
  template <typename Take>
  void release(Nanos since, const Take& take) {
    if (!kept_) return;
    const auto kept = std::move(kept_);
    for (uint64_t i = count_ > kMost ? count_ - kMost : 0; i < count_; i++) {
      const Kept& one = (*kept)[i % kMost];
      if (one.arrival >= since) take(Datagram{{one.bytes.data(), one.bytes.size()}, one.from, one.arrival});
    }
    count_ = 0;
  }

 private:
  static constexpr size_t kMost = 4;
  struct Kept {
    std::vector<uint8_t> bytes;
    Address from;
    Nanos arrival = 0;
  };
  // By pointer: most legs know from the start what is coming.
  std::unique_ptr<std::array<Kept, kMost>> kept_;
  uint64_t count_ = 0;
};

}  // namespace interconnect
