#include "rtp/slack-window.h"

#include <algorithm>

namespace interconnect {
namespace {

// One of 200 may come too late: a buffer that waits for the very last packet waits for outliers.
constexpr size_t kPerOutlier = 200;

}  // namespace

void SlackWindow::add(Nanos slack, Nanos now) {
  rotate(now);
  const Nanos value = slack - offset_;
  Second& second = seconds_[current_];
  second.highest = second.count == 0 ? value : std::max(second.highest, value);
  second.sum += value;
  ++second.count;

  const auto begin = second.lowest.begin();
  const auto end = begin + static_cast<std::ptrdiff_t>(second.kept);
  const auto place = std::upper_bound(begin, end, value);
  if (place == second.lowest.end()) return;
  if (second.kept < kLowest) ++second.kept;
  std::move_backward(place, begin + static_cast<std::ptrdiff_t>(second.kept) - 1,
                     begin + static_cast<std::ptrdiff_t>(second.kept));
  *place = value;
}

void SlackWindow::played(Nanos hold, Nanos now) {
  rotate(now);
  ++seconds_[current_].played;
  seconds_[current_].held += hold;
}

void SlackWindow::rotate(Nanos now) {
  if (!started_) {
    started_ = true;
    secondBegan_ = now;
  }
  for (size_t turns = 0; now - secondBegan_ >= kSecond; ++turns) {
    // After a long pause every second is empty: no need to turn on through the rest of it.
    if (turns > kSeconds) {
      secondBegan_ = now;
      return;
    }
    secondBegan_ += kSecond;
    current_ = (current_ + 1) % (kSeconds + 1);
    seconds_[current_] = Second{};
    filled_ = std::min(filled_ + 1, kSeconds);
  }
}

void SlackWindow::clear() {
  seconds_ = {};
  current_ = 0;
  filled_ = 0;
  started_ = false;
  offset_ = 0;
}

size_t SlackWindow::count() const {
  size_t sum = 0;
  for (const Second& second : seconds_) sum += second.count;
  return sum;
}

std::optional<Nanos> SlackWindow::low() const {
  const size_t total = count();
  if (total == 0) return std::nullopt;
  std::array<Nanos, (kSeconds + 1) * kLowest> candidates{};
  size_t n = 0;
  for (const Second& second : seconds_) {
    for (size_t i = 0; i < second.kept; ++i) candidates[n++] = second.lowest[i];
  }
  const size_t rank = std::min({total / kPerOutlier, kLowest - 1, n - 1});
  const auto nth = candidates.begin() + static_cast<std::ptrdiff_t>(rank);
  std::nth_element(candidates.begin(), nth, candidates.begin() + static_cast<std::ptrdiff_t>(n));
  return *nth + offset_;
}

std::optional<Nanos> SlackWindow::high() const {
  std::optional<Nanos> highest;
  for (const Second& second : seconds_) {
    if (second.count > 0) highest = std::max(highest.value_or(second.highest), second.highest);
  }
  if (highest) *highest += offset_;
  return highest;
}

std::optional<Nanos> SlackWindow::mean() const {
  const auto total = static_cast<Nanos>(count());
  if (total == 0) return std::nullopt;
  Nanos sum = 0;
  for (const Second& second : seconds_) sum += second.sum;
  return sum / total + offset_;
}

std::optional<Nanos> SlackWindow::recentHold() const {
  const Second& second = filled_ > 0 ? before() : running();
  if (second.played == 0) return std::nullopt;
  return second.held / static_cast<Nanos>(second.played);
}

}  // namespace interconnect
