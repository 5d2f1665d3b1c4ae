#include "audio/mute-switch.h"

#include "tests/check.h"
#include "tests/click-detector.h"
#include "tests/synthetic.h"

using interconnect::MuteSwitch;

namespace {

constexpr size_t kTicks = 50;

/** A tone of a second in ticks; before tick i `at(i)` may turn the switch. */
template <typename At>
synthetic::Samples through(MuteSwitch& mute, uint32_t rate, At at) {
  synthetic::Samples pcm = synthetic::tone(rate, 440, 1);
  const size_t tick = rate / 50;
  for (size_t i = 0; i < kTicks; i++) {
    at(i);
    if (!mute.open()) mute.pass(pcm.data() + i * tick, tick, rate);
  }
  return pcm;
}

}  // namespace

TEST("mute is silence after 5 ms and unmute is the whole signal after two ticks and 5 ms, without a click at any rate") {
  for (const uint32_t rate : {8000u, 16000u, 48000u}) {
    MuteSwitch mute;
    const auto before = synthetic::tone(rate, 440, 1);
    const auto after = through(mute, rate, [&](size_t i) {
      if (i == 20) mute.set(true);
      if (i == 30) mute.set(false);
    });
    const size_t tick = rate / 50;
    const size_t ramp = rate / 200;
    for (size_t i = 0; i < after.size(); i++) {
      const bool silent = i >= 20 * tick + ramp - 1 && i < 32 * tick;
      const bool whole = i < 20 * tick || i >= 32 * tick + ramp;
      if (silent) CHECK_EQUAL(after[i], int16_t{0});
      if (whole) CHECK_EQUAL(after[i], before[i]);
    }
    CHECK(mute.open());
    const auto found = clicks::findClicks(after, rate);
    if (!CHECK(found.empty())) std::printf("  %s\n", clicks::describe(found, rate).c_str());
  }
}

TEST("nothing needs to be decoded once the ramp is over, and something does as soon as it is unmuted") {
  MuteSwitch mute;
  synthetic::Samples tick = synthetic::tone(8000, 440, 0.02);
  mute.set(true);
  CHECK(!mute.closed());
  mute.pass(tick.data(), tick.size(), 8000);
  CHECK(mute.closed());
  mute.set(false);
  CHECK(!mute.closed());
  CHECK(!mute.open());
}

TEST("a mute that is taken back within its ramp goes back from where it was") {
  MuteSwitch mute;
  synthetic::Samples pcm(160, 10000);
  mute.set(true);
  mute.pass(pcm.data(), 20, 8000);
  CHECK_NEAR(pcm[19], 5000, 10);
  mute.set(false);
  mute.pass(pcm.data() + 20, 40, 8000);
  CHECK_NEAR(pcm[20], 5250, 10);
  CHECK_EQUAL(pcm[59], int16_t{10000});
}

int main() { return check::run(); }
