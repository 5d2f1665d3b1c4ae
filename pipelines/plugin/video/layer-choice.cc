#include "video/layer-choice.h"

#include <algorithm>

namespace interconnect {
namespace {

/** A viewer's estimate lies up to a quarter below what he is sent without anything being wrong (LegVideo::estimated). */
constexpr double kEnough = 0.75;
/** An estimate that grows does so by 8 % a second; one that falls has found a limit, and goes 15 % below it. */
constexpr Nanos kPatience = 3 * kSecond;
constexpr double kGrown = 1.05;
constexpr double kFallen = 0.9;
constexpr Nanos kBetweenRises = 2 * kSecond;
/** What is tried in vain costs who looks on a second or more of his picture. */
constexpr Nanos kFirstWait = 10 * kSecond;
constexpr Nanos kLongestWait = 120 * kSecond;

bool isTimes(uint64_t value, double factor, uint64_t of) { return static_cast<double>(value) >= factor * static_cast<double>(of); }

}  // namespace

void LayerChoice::prefer(std::optional<VideoSize> size) {
  preferred_ = size;
  raisableAt_ = 0;
}

void LayerChoice::restart() {
  const auto preferred = preferred_;
  *this = LayerChoice{};
  preferred_ = preferred;
}

size_t LayerChoice::wanted(const std::vector<LayerState>& layers) const {
  size_t i = 0;
  if (!preferred_) return layers.size() - 1;
  while (i + 1 < layers.size() && !(layers[i].size && layers[i].size->width >= preferred_->width && layers[i].size->height >= preferred_->height)) i++;
  return i;
}

std::optional<size_t> LayerChoice::choose(const std::vector<LayerState>& layers, std::optional<uint64_t> estimate, Nanos now) {
  if (layers.empty()) return std::nullopt;
  const size_t cap = wanted(layers);
  const auto current = std::find_if(layers.begin(), layers.end(), [&](const LayerState& l) { return l.layer == chosen_; });
  size_t place = 0;
  if (current != layers.end()) {
    place = step(layers, static_cast<size_t>(current - layers.begin()), cap, estimate, now);
  } else {
    // Whoever comes first, or has lost his layer.
    if (chosen_) raisableAt_ = now + kBetweenRises;
    place = fitting(layers, cap, estimate);
  }
  if (layers[place].layer != chosen_) {
    doubt_.reset();
    changedAt_ = now;
  }
  chosen_ = layers[place].layer;
  lastEstimate_ = estimate.value_or(0);
  return chosen_;
}

size_t LayerChoice::step(const std::vector<LayerState>& layers, size_t place, size_t cap, std::optional<uint64_t> estimate, Nanos now) {
  if (place > cap) return fitting(layers, cap, estimate);
  if (estimate && place > 0 && failed(layers[place].bitrate, *estimate, now)) {
    const Nanos lasted = now - changedAt_;
    // What is left after a try was carried before; the estimate is of what the try has left in queues.
    const bool tried = wait_ > 0 && lasted < kFirstWait;
    wait_ = wait_ > 0 && lasted < kLongestWait ? std::min(2 * wait_, kLongestWait) : kFirstWait;
    raisableAt_ = now + wait_;
    return tried ? place - 1 : fitting(layers, place - 1, estimate);
  }
  if (place == cap && now - changedAt_ > kLongestWait) wait_ = 0;
  if (place == cap || now < raisableAt_ || (wait_ > 0 && doubt_)) return place;
  const size_t sure = fitting(layers, cap, estimate);
  raisableAt_ = now + (sure > place ? kBetweenRises : wait_);
  return std::max(place + 1, sure);
}

/** The largest up to `cap` that is surely carried, else the smallest; `cap` itself while nothing has failed. */
size_t LayerChoice::fitting(const std::vector<LayerState>& layers, size_t cap, std::optional<uint64_t> estimate) const {
  if (!estimate || wait_ == 0) return cap;
  while (cap > 0 && layers[cap].bitrate > *estimate) cap--;
  return cap;
}

/** Whether the way does not carry what is sent. */
bool LayerChoice::failed(uint64_t needed, uint64_t estimate, Nanos now) {
  if (isTimes(estimate, kEnough, needed)) {
    doubt_.reset();
    return false;
  }
  const bool fell = !isTimes(estimate, kFallen, lastEstimate_);
  // The large key frame that another size begins with looks like a queue at first.
  if (fell && now - changedAt_ >= kPatience) return true;
  if (doubt_ && !fell) {
    if (now < doubt_->judgedAt) return false;
    if (!isTimes(estimate, kGrown, doubt_->estimate)) return true;
  }
  doubt_ = Doubt{estimate, now + kPatience};
  return false;
}

}  // namespace interconnect
