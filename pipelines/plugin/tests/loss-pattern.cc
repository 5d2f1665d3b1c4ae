#include <functional>
#include <random>

#include "rtp/loss-pattern.h"
#include "tests/check.h"

using namespace interconnect;

namespace {

/** `count` packets from `first` on; those that `lost` says yes to do not come. */
LossPattern play(int count, const std::function<bool(int)>& lost, uint16_t first = 65500) {
  LossPattern pattern;
  for (int i = 0; i < count; ++i) {
    if (!lost(i)) pattern.usable(7, static_cast<uint16_t>(first + i), true);
  }
  return pattern;
}

}  // namespace

TEST("without a loss all is one gap, and there is no burst ratio") {
  const auto totals = play(2000, [](int) { return false; }).totals();
  CHECK_EQUAL(totals.usable, uint64_t{2000});
  CHECK_EQUAL(totals.lost, uint64_t{0});
  CHECK_EQUAL(totals.gapPackets, uint64_t{2000});
  CHECK_EQUAL(totals.bursts, uint64_t{0});
  CHECK(!burstRatio(totals));
}

TEST("random loss has a burst ratio of one, whatever its share") {
  for (const double share : {0.02, 0.05, 0.2, 0.4}) {
    std::mt19937 random(5);
    std::uniform_real_distribution<double> uniform(0, 1);
    const auto totals = play(100000, [&](int i) { return i > 0 && i < 99999 && uniform(random) < share; }).totals();
    CHECK_NEAR(static_cast<double>(totals.lost) / 100000, share, 0.005);
    CHECK_NEAR(burstRatio(totals).value_or(0), 1, 0.05);
  }
}

TEST("runs of four at a loss of ten percent have a burst ratio of 3.6") {
  const auto totals = play(40000, [](int i) { return i % 40 >= 20 && i % 40 < 24; }).totals();
  CHECK_EQUAL(totals.lost, uint64_t{4000});
  CHECK_EQUAL(totals.runs, uint64_t{1000});
  CHECK_NEAR(burstRatio(totals).value_or(0), 4 * 0.9, 1e-9);
}

TEST("losses with fewer than sixteen good packets between them are one burst, as RFC 3611 has it") {
  // Two losses with 15 between them: a burst of 17 packets. A lone one much later lies in a gap.
  const auto near = play(300, [](int i) { return i == 100 || i == 116 || i == 200; }).totals();
  CHECK_EQUAL(near.bursts, uint64_t{1});
  CHECK_EQUAL(near.burstPackets, uint64_t{17});
  CHECK_EQUAL(near.gapPackets, uint64_t{283});
  const auto far = play(300, [](int i) { return i == 100 || i == 117; }).totals();
  CHECK_EQUAL(far.bursts, uint64_t{0});
  CHECK_EQUAL(far.gapPackets, uint64_t{300});
}

TEST("a packet that comes after its successors takes its loss back") {
  LossPattern pattern;
  for (const uint16_t n : std::initializer_list<uint16_t>{10, 11, 13, 14}) pattern.usable(7, n, true);
  CHECK_EQUAL(pattern.totals().lost, uint64_t{1});
  pattern.usable(7, 12, true);
  pattern.usable(7, 12, true);
  CHECK_EQUAL(pattern.totals().lost, uint64_t{0});
  CHECK_EQUAL(pattern.totals().usable, uint64_t{5});
}

TEST("packets that run ahead of what is played do not make what waits in the buffer a loss") {
  LossPattern pattern;
  for (uint16_t n = 0; n < 50; ++n) pattern.usable(7, n, true);
  // A digit, ten packets ahead of the audio that is being played.
  pattern.usable(7, 60, false);
  CHECK_EQUAL(pattern.totals().lost, uint64_t{0});
  CHECK_EQUAL(pattern.totals().usable, uint64_t{50});
  for (uint16_t n = 50; n < 60; ++n) pattern.usable(7, n, true);
  pattern.usable(7, 61, true);
  CHECK_EQUAL(pattern.totals().lost, uint64_t{0});
  CHECK_EQUAL(pattern.totals().usable, uint64_t{62});
}

TEST("another stream, a jump and a pause of ours lose nothing, and keep what was lost before") {
  LossPattern pattern = play(200, [](int i) { return i == 190; }, 0);
  pattern.usable(8, 40000, true);
  pattern.usable(8, 40001, true);
  pattern.usable(8, 50000, true);
  pattern.restart();
  pattern.usable(8, 50100, true);
  CHECK_EQUAL(pattern.totals().lost, uint64_t{1});
  CHECK_EQUAL(pattern.totals().usable, uint64_t{203});
}

TEST("what was said of a moment is not taken back later: totals never shrink while losses go on") {
  std::mt19937 random(9);
  LossPattern pattern;
  LossPattern::Totals before;
  for (int i = 0; i < 20000; ++i) {
    if (random() % 5 == 0) continue;
    pattern.usable(7, static_cast<uint16_t>(i), true);
    if (i % 250 != 0) continue;
    const auto now = pattern.totals();
    CHECK(now.lost >= before.lost && now.usable >= before.usable && now.runs >= before.runs);
    before = now;
  }
}

int main() { return check::run(); }
