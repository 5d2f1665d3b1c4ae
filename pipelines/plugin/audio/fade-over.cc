#include "audio/fade-over.h"

#include <algorithm>

namespace interconnect {
namespace {

constexpr size_t kSettledMs = 8;
constexpr size_t kFadeMs = 10;

}  // namespace

void fadeOver(int16_t* pcm, const int16_t* next, size_t samples, uint32_t rate) {
  const size_t from = rate * kSettledMs / 1000;
  const size_t length = rate * kFadeMs / 1000;
  for (size_t i = from; i < samples; i++) {
    const auto in = static_cast<int32_t>(std::min(i - from + 1, length));
    const auto of = static_cast<int32_t>(length);
    pcm[i] = static_cast<int16_t>((pcm[i] * (of - in) + next[i] * in) / of);
  }
}

}  // namespace interconnect
