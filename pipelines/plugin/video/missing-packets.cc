#include "video/missing-packets.h"

#include <algorithm>

namespace interconnect {
namespace {

/** A hole larger than this is not worth mending: the next key frame is nearer. */
constexpr size_t kMaxMissing = 256;
/** A packet that is merely overtaken comes within this. */
constexpr Nanos kReordering = 10 * kMillisecond;
/** More than most round trips. */
constexpr Nanos kBetween = 100 * kMillisecond;
constexpr unsigned kMaxAsked = 5;

}  // namespace

void MissingPackets::restart() {
  missing_.clear();
  started_ = false;
}

void MissingPackets::came(int64_t number, Nanos now) {
  if (!started_) {
    started_ = true;
    highest_ = number;
    return;
  }
  if (number <= highest_) {
    const auto found = std::lower_bound(missing_.begin(), missing_.end(), number, [](const Missing& m, int64_t n) { return m.number < n; });
    if (found != missing_.end() && found->number == number) missing_.erase(found);
    return;
  }
  if (static_cast<uint64_t>(number - highest_ - 1) + missing_.size() > kMaxMissing) {
    missing_.clear();
    givenUp_ = true;
  } else {
    for (int64_t n = highest_ + 1; n < number; n++) missing_.push_back({n, now + kReordering, 0});
  }
  highest_ = number;
}

void MissingPackets::due(Nanos now, std::vector<uint16_t>& out) {
  out.clear();
  for (auto m = missing_.begin(); m != missing_.end();) {
    if (now < m->askAt) {
      ++m;
      continue;
    }
    if (m->asked == kMaxAsked) {
      givenUp_ = true;
      m = missing_.erase(m);
      continue;
    }
    m->asked++;
    m->askAt = now + kBetween;
    out.push_back(static_cast<uint16_t>(m->number));
    ++m;
  }
}

bool MissingPackets::takeGivenUp() {
  const bool was = givenUp_;
  givenUp_ = false;
  return was;
}

}  // namespace interconnect
