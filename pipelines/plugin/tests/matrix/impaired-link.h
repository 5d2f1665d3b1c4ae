#pragma once
#include <functional>
#include <map>
#include <random>
#include <vector>

#include "clock/nanos.h"

namespace interconnect::matrix {

/** One way of a network: loses packets at random and delays each by its own time, so that they overtake each other. */
class ImpairedLink {
 public:
  ImpairedLink(double lossRatio, Nanos jitter, uint32_t seed) : lossRatio_(lossRatio), jitter_(jitter), random_(seed) {}

  void send(Nanos now, std::vector<uint8_t> datagram) {
    if (std::uniform_real_distribution<double>(0, 1)(random_) < lossRatio_) return;
    const Nanos delay = jitter_ == 0 ? 0 : std::uniform_int_distribution<Nanos>(0, jitter_)(random_);
    flying_.emplace(now + delay, std::move(datagram));
  }

  /** What has arrived by now. */
  void arrive(Nanos now, const std::function<void(const std::vector<uint8_t>&)>& take) {
    while (!flying_.empty() && flying_.begin()->first <= now) {
      take(flying_.begin()->second);
      flying_.erase(flying_.begin());
    }
  }

 private:
  const double lossRatio_;
  const Nanos jitter_;
  std::mt19937 random_;
  std::multimap<Nanos, std::vector<uint8_t>> flying_;
};

}  // namespace interconnect::matrix
