#include <algorithm>
#include <array>
#include <cstdint>

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
  int64_t heard = 0;
  for (size_t at = 1; at < size; ++ticks) {
    const uint8_t kind = data[at++];
    std::array<int16_t, kTick> tick{};
    const size_t given = std::min(kTick, size - at);
    for (size_t i = 0; i < given; ++i) tick[i] = static_cast<int16_t>((data[at + i] - 128) * 256);
    at += given;
    // Long enough for a digit now and then.
    for (int repeat = 0; repeat <= kind % 4; ++repeat) {
      const int16_t* out = receiver.hear((kind & 0x80) != 0 ? nullptr : tick.data(), kTick, (kind & 0x40) != 0);
      if (out != nullptr) heard += out[0] + out[kTick - 1];
      while (receiver.next()) ++digits;
    }
  }
  // Four windows in a row, 5 ms apart, behind the first one.
  INVARIANT(digits <= ticks * 4 * 20 / 25 + 1);
  INVARIANT(heard >= INT64_MIN / 2);
  return 0;
}
