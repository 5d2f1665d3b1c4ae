#pragma once
#include <cstddef>
#include <cstdint>

namespace interconnect {

/**
 * Between what a far end says and who hears it. Over to silence and back in ramps of 5 ms, so that neither clicks; back
 * after two ticks in which nothing is heard yet: decoders that predict (Opus, G.722, G.729) have seen nothing meanwhile and
 * need so long to find themselves.
 */
class MuteSwitch {
 public:
  void set(bool muted);
  bool muted() const { return muted_; }
  /** Nothing is heard, and nothing needs to be decoded. */
  bool closed() const { return muted_ && gain_ == 0; }
  /** Everything is heard as it is. */
  bool open() const { return !muted_ && gain_ == kFull; }
  /** One tick, while it is neither. */
  void pass(int16_t* pcm, size_t samples, uint32_t rate);

 private:
  static constexpr int32_t kFull = 1 << 20;
  static constexpr int kWarmUpTicks = 2;

  bool muted_ = false;
  int32_t gain_ = kFull;
  int warmUp_ = 0;
};

}  // namespace interconnect
