#include <algorithm>
#include <array>

#include "dtmf/inband-receiver.h"
#include "fuzz/invariant.h"

using namespace interconnect;

namespace {

constexpr size_t kTick = 160;

}  // namespace

/** A byte says whether digits are removed; then for each tick one that says what it is, and its samples (the last repeat). */
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  InbandReceiver receiver(8000, (data[0] & 1) != 0);
  size_t ticks = 0;
  size_t digits = 0;
  for (size_t at = 1; at < size; ++ticks) {
    const uint8_t kind = data[at++];
    std::array<int16_t, kTick> tick{};
    const size_t given = std::min(kTick, size - at);
    for (size_t i = 0; i < given; ++i) tick[i] = static_cast<int16_t>((data[at + i] - 128) << 8);
    at += given;
    // Long enough for a digit now and then.
    for (int repeat = 0; repeat <= kind % 4; ++repeat) {
      const int16_t* out = receiver.hear((kind & 0x80) != 0 ? nullptr : tick.data(), kTick, (kind & 0x40) != 0);
      INVARIANT(out == nullptr || out[kTick - 1] == out[kTick - 1]);
      while (receiver.next()) ++digits;
    }
  }
  // None is shorter than 35 ms, and behind each lie at least 20.
  INVARIANT(digits <= ticks * 4 * 20 / 55 + 1);
  return 0;
}
