#include <cmath>
#include <vector>

#include "audio/level.h"
#include "audio/tone.h"
#include "tests/check.h"

using namespace interconnect;

namespace {

LevelMeter measure(uint32_t rate, Tone tone, int blocks) {
  LevelMeter meter(rate);
  std::vector<int16_t> block(rate / 50);
  for (int i = 0; i < blocks; ++i) {
    tone.generate(block.data(), block.size());
    meter.add(block.data(), block.size());
  }
  return meter;
}

TEST("a tone has the level and the frequency that were asked for, at every rate") {
  for (const uint32_t rate : {8000u, 16000u, 48000u}) {
    for (const double frequency : {50.0, 425.0, 440.0, 1004.0, 2713.5, 3400.0}) {
      for (const double level : {-3.1, -10.0, -30.0, -45.0}) {
        const LevelMeter meter = measure(rate, Tone(rate, frequency, level), 50);
        CHECK_NEAR(meter.levelDbov().value_or(0), level, 0.05);
        CHECK_NEAR(meter.frequencyHz().value_or(0), frequency, 0.1);
      }
    }
  }
}

TEST("a tone asked for louder than full scale is a sine at full scale, without clipping") {
  const LevelMeter meter = measure(8000, Tone(8000, 1000, 0), 50);
  CHECK_NEAR(meter.levelDbov().value_or(0), -3.01, 0.02);
}

TEST("a tone goes on without a step, however it is cut into blocks") {
  Tone whole(8000, 437.7, -10);
  Tone pieces(8000, 437.7, -10);
  std::vector<int16_t> expected(8000);
  std::vector<int16_t> actual(8000);
  whole.generate(expected.data(), expected.size());
  size_t at = 0;
  for (size_t n = 1; at < actual.size(); n = n % 337 + 1) {
    const size_t length = std::min(n, actual.size() - at);
    pieces.generate(actual.data() + at, length);
    at += length;
  }
  int worst = 0;
  for (size_t i = 0; i < actual.size(); ++i) worst = std::max(worst, std::abs(actual[i] - expected[i]));
  CHECK(worst <= 1);
}

TEST("a full-scale square wave is 0 dBov") {
  LevelMeter meter(8000);
  std::vector<int16_t> block(160);
  for (size_t i = 0; i < block.size(); ++i) block[i] = i % 8 < 4 ? 32767 : -32768;
  for (int i = 0; i < 50; ++i) meter.add(block.data(), block.size());
  CHECK_NEAR(meter.levelDbov().value_or(-9), 0, 0.001);
  CHECK_NEAR(meter.frequencyHz().value_or(0), 1000, 0.1);
}

TEST("before the first block nothing is measured; silence is −127 dBov and has no frequency") {
  LevelMeter meter(8000);
  CHECK(!meter.levelDbov());
  CHECK(!meter.frequencyHz());
  meter.addSilence(160);
  CHECK_EQUAL(meter.levelDbov().value_or(0), -127.0);
  CHECK(!meter.frequencyHz());
}

TEST("a signal below −50 dBov has a level, but no frequency") {
  const LevelMeter meter = measure(8000, Tone(8000, 1000, -55), 50);
  CHECK_NEAR(meter.levelDbov().value_or(0), -55, 0.2);
  CHECK(!meter.frequencyHz());
}

TEST("what is older than a second is forgotten") {
  LevelMeter meter = measure(8000, Tone(8000, 1000, -5), 50);
  Tone quiet(8000, 300, -40);
  std::vector<int16_t> block(160);
  for (int i = 0; i < 50; ++i) {
    quiet.generate(block.data(), block.size());
    meter.add(block.data(), block.size());
  }
  CHECK_NEAR(meter.levelDbov().value_or(0), -40, 0.1);
  CHECK_NEAR(meter.frequencyHz().value_or(0), 300, 0.5);
  for (int i = 0; i < 50; ++i) meter.addSilence(160);
  CHECK_EQUAL(meter.levelDbov().value_or(0), -127.0);
}

TEST("a constant offset neither hides nor makes a frequency") {
  LevelMeter constant(8000);
  const std::vector<int16_t> block(160, 5000);
  for (int i = 0; i < 50; ++i) constant.add(block.data(), block.size());
  CHECK(!constant.frequencyHz());

  LevelMeter meter(8000);
  Tone tone(8000, 440, -10);
  std::vector<int16_t> moved(160);
  for (int i = 0; i < 50; ++i) {
    tone.generate(moved.data(), moved.size());
    for (int16_t& sample : moved) sample = static_cast<int16_t>(sample + 2000);
    meter.add(moved.data(), moved.size());
  }
  CHECK_NEAR(meter.frequencyHz().value_or(0), 440, 0.2);
}

TEST("crossings are counted across the edges of blocks of any size") {
  LevelMeter meter(8000);
  Tone tone(8000, 997, -10);
  std::vector<int16_t> block(97);
  for (int i = 0; i < 50; ++i) {
    const auto size = static_cast<size_t>(i % 97 + 1);
    tone.generate(block.data(), size);
    meter.add(block.data(), size);
  }
  CHECK_NEAR(meter.frequencyHz().value_or(0), 997, 1);
}

}  // namespace

int main() { return check::run(); }
