#include "audio/mute-switch.h"

#include <algorithm>

namespace interconnect {
namespace {

constexpr int32_t kRampsPerSecond = 200;

}  // namespace

void MuteSwitch::set(bool muted) {
  if (closed() && !muted) warmUp_ = kWarmUpTicks;
  muted_ = muted;
}

void MuteSwitch::pass(int16_t* pcm, size_t samples, uint32_t rate) {
  const bool warmingUp = !muted_ && warmUp_ > 0;
  if (warmingUp) warmUp_--;
  const int32_t aim = muted_ || warmingUp ? 0 : kFull;
  const int32_t step = kFull / std::max<int32_t>(1, static_cast<int32_t>(rate) / kRampsPerSecond);
  for (size_t i = 0; i < samples; i++) {
    gain_ = aim > gain_ ? std::min(aim, gain_ + step) : std::max(aim, gain_ - step);
    pcm[i] = static_cast<int16_t>(int64_t{pcm[i]} * gain_ / kFull);
  }
}

}  // namespace interconnect
