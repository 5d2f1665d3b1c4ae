#include "audio/call-tone.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace interconnect {
namespace {

constexpr size_t kRampsPerSecond = 200;
constexpr double kHalfPi = 1.5707963267948966;
constexpr size_t kChunk = 320;

int16_t saturate(int value) { return static_cast<int16_t>(std::clamp(value, -32768, 32767)); }

}  // namespace

CallTone::CallTone(uint32_t sampleRate, double firstHz, std::optional<double> secondHz, double levelDbov,
                   const std::vector<unsigned>& cadenceMs)
    : first_(sampleRate, firstHz, levelDbov), rampSamples_(sampleRate / kRampsPerSecond) {
  if (secondHz) second_.emplace(sampleRate, *secondHz, levelDbov);
  for (const unsigned ms : cadenceMs) parts_.push_back(std::max<size_t>(1, size_t{sampleRate} * ms / 1000));
}

void CallTone::generate(int16_t* out, size_t n) {
  while (n > 0) {
    size_t now = std::min(n, kChunk);
    if (!parts_.empty()) now = std::min(now, parts_[part_] - position_);
    if (on()) sound(out, now);
    else std::fill_n(out, now, int16_t{0});
    pass(now);
    out += now;
    n -= now;
  }
}

void CallTone::pass(size_t n) {
  position_ += n;
  if (parts_.empty()) {
    position_ = std::min(position_, rampSamples_);
  } else if (position_ == parts_[part_]) {
    part_ = (part_ + 1) % parts_.size();
    position_ = 0;
  }
}

void CallTone::sound(int16_t* out, size_t n) {
  first_.generate(out, n);
  if (second_) {
    std::array<int16_t, kChunk> other;
    second_->generate(other.data(), n);
    for (size_t i = 0; i < n; i++) out[i] = saturate(out[i] + other[i]);
  }
  for (size_t i = 0; i < n; i++) {
    const double g = gain(position_ + i);
    if (g < 1) out[i] = static_cast<int16_t>(std::lrint(g * out[i]));
  }
}

/** Half a cosine up from the beginning of a part and down to its end. */
double CallTone::gain(size_t position) const {
  size_t fromEdge = position;
  if (!parts_.empty()) fromEdge = std::min(fromEdge, parts_[part_] - 1 - position);
  if (fromEdge >= rampSamples_) return 1;
  const double s = std::sin(kHalfPi * static_cast<double>(fromEdge) / static_cast<double>(rampSamples_));
  return s * s;
}

}  // namespace interconnect
