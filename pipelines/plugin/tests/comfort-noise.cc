#include "audio/comfort-noise.h"

#include <algorithm>

#include "audio/level.h"
#include "tests/check.h"

using namespace interconnect;

namespace {

double levelOf(ComfortNoise& noise) {
  LevelMeter meter(8000);
  std::vector<int16_t> pcm(160);
  for (int i = 0; i < 50; i++) {
    noise.generate(pcm.data(), pcm.size());
    meter.add(pcm.data(), pcm.size());
  }
  return *meter.levelDbov();
}

}  // namespace

TEST("the noise has the level that was asked for, to 0.3 dB") {
  for (const uint8_t level : {uint8_t{10}, uint8_t{20}, uint8_t{35}, uint8_t{50}, uint8_t{60}}) {
    ComfortNoise noise(level);
    CHECK_NEAR(levelOf(noise), -double{1} * level, 0.3);
  }
}

TEST("a new level is taken over, and the reserved highest bit says nothing") {
  ComfortNoise noise(20);
  levelOf(noise);
  noise.setLevel(40 | 0x80);
  CHECK_NEAR(levelOf(noise), -40, 0.3);
}

TEST("the loudest level is limited, and the quietest is silence") {
  ComfortNoise loud(0);
  CHECK(levelOf(loud) > -5.5);
  ComfortNoise quiet(127);
  std::vector<int16_t> pcm(800);
  quiet.generate(pcm.data(), pcm.size());
  CHECK(std::all_of(pcm.begin(), pcm.end(), [](int16_t s) { return s == 0; }));
}

int main() { return check::run(); }
