#include <chrono>
#include <cmath>
#include <cstdio>
#include <random>
#include <vector>

#include "audio/concealment.h"
#include "audio/tone.h"
#include "tests/check.h"

using namespace interconnect;

namespace {

using Samples = std::vector<int16_t>;

/** Something with a pitch and overtones, as a vowel has. */
Samples voice(uint32_t rate, double pitch, size_t n) {
  Samples samples(n);
  for (size_t i = 0; i < n; ++i) {
    const double t = 6.283185307179586 * pitch * static_cast<double>(i) / rate;
    samples[i] = static_cast<int16_t>(5000 * std::sin(t) + 2500 * std::sin(2 * t + 1) + 1200 * std::sin(5 * t + 2));
  }
  return samples;
}

double energy(const int16_t* pcm, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < n; ++i) sum += double{static_cast<double>(pcm[i])} * pcm[i];
  return sum / static_cast<double>(n);
}

/** `signal` as it is heard when the 20 ms blocks for which `lost` says so are concealed. */
template <typename Lost>
Samples hear(uint32_t rate, Samples signal, Lost lost) {
  Concealment concealment(rate);
  const size_t block = rate / 50;
  for (size_t i = 0; (i + 1) * block <= signal.size(); ++i) {
    int16_t* at = signal.data() + i * block;
    if (lost(i)) {
      concealment.conceal(at, block);
    } else {
      concealment.good(at, block);
    }
  }
  return signal;
}

/** Greatest step between neighbouring samples. */
int steepest(const Samples& samples, size_t from, size_t to) {
  int worst = 0;
  for (size_t i = from + 1; i < to; ++i) worst = std::max(worst, std::abs(samples[i] - samples[i - 1]));
  return worst;
}

TEST("a lost block of a voiced sound is filled with nearly the same sound") {
  for (const uint32_t rate : {8000u, 16000u, 48000u}) {
    for (const double pitch : {80.0, 123.0, 200.0, 310.0}) {
      const size_t block = rate / 50;
      const Samples original = voice(rate, pitch, block * 20);
      const Samples heard = hear(rate, original, [](size_t i) { return i == 10; });
      Samples difference(block);
      for (size_t i = 0; i < block; ++i) {
        difference[i] = static_cast<int16_t>((heard[10 * block + i] - original[10 * block + i]) / 2);
      }
      // Twice the halved difference; the second half has faded by up to a fifth.
      const double error = 4 * energy(difference.data(), block) / energy(original.data() + 10 * block, block);
      CHECK(error < 0.15);
    }
  }
}

TEST("no click where concealment begins, in it, or where it ends") {
  for (const uint32_t rate : {8000u, 16000u, 48000u}) {
    for (const double pitch : {90.0, 157.0, 240.0}) {
      for (const size_t lost : {1u, 2u, 3u, 5u}) {
        const size_t block = rate / 50;
        const Samples original = voice(rate, pitch, block * 30);
        const Samples heard = hear(rate, original, [=](size_t i) { return i >= 10 && i < 10 + lost; });
        const int usual = steepest(original, 0, original.size());
        CHECK(steepest(heard, 9 * block, (12 + lost) * block) <= usual * 3 / 2);
      }
    }
  }
}

TEST("good samples that follow good ones are not touched, and after a gap only the first 14 ms are") {
  const uint32_t rate = 8000;
  const Samples original = voice(rate, 140, 160 * 30);
  const Samples untouched = hear(rate, original, [](size_t) { return false; });
  CHECK(untouched == original);
  const Samples heard = hear(rate, original, [](size_t i) { return i >= 10 && i < 14; });
  CHECK(std::equal(heard.begin() + 14 * 160 + 112, heard.end(), original.begin() + 14 * 160 + 112));
}

TEST("a long gap keeps its level for 10 ms, fades, and is silent after 60 ms, at every rate") {
  for (const uint32_t rate : {8000u, 16000u, 48000u}) {
    const size_t perMs = rate / 1000;
    const Samples original = voice(rate, 140, rate / 50 * 20);
    const Samples heard = hear(rate, original, [](size_t i) { return i >= 10; });
    const double usual = energy(original.data(), rate / 5);
    const int16_t* gap = heard.data() + rate / 5;
    CHECK_NEAR(energy(gap, 10 * perMs) / usual, 1, 0.35);
    double last = usual * 2;
    for (size_t ms = 10; ms + 10 <= 60; ms += 10) {
      const double now = energy(gap + ms * perMs, 10 * perMs);
      CHECK(now < last);
      last = now;
    }
    for (size_t i = 60 * perMs; i < rate / 5; ++i) CHECK_EQUAL(gap[i], 0);
  }
}

TEST("after silence the signal comes back by fading in") {
  const uint32_t rate = 8000;
  const Samples original = voice(rate, 140, 160 * 30);
  const Samples heard = hear(rate, original, [](size_t i) { return i >= 10 && i < 20; });
  CHECK(std::abs(heard[20 * 160]) < 500);
  CHECK(steepest(heard, 20 * 160 - 1, 21 * 160) <= steepest(original, 0, 4800) * 3 / 2);
}

TEST("where samples were left out, the next ones are cross-faded") {
  const uint32_t rate = 8000;
  const Samples original = voice(rate, 143, 160 * 20);
  Concealment concealment(rate);
  Samples before(original.begin(), original.begin() + 1600);
  Samples after(original.begin() + 1600 + 133, original.begin() + 1600 + 133 + 160);
  concealment.good(before.data(), before.size());
  concealment.gap();
  concealment.good(after.data(), after.size());
  Samples joined = before;
  joined.insert(joined.end(), after.begin(), after.end());
  CHECK(steepest(joined, 1590, 1700) <= steepest(original, 0, original.size()) * 3 / 2);
}

TEST("silence is concealed by silence, also before the first good sample") {
  for (const uint32_t rate : {8000u, 16000u, 48000u}) {
    Concealment concealment(rate);
    Samples block(rate / 50, 99);
    concealment.conceal(block.data(), block.size());
    CHECK_EQUAL(energy(block.data(), block.size()), 0.0);
    std::fill(block.begin(), block.end(), int16_t{0});
    concealment.good(block.data(), block.size());
    concealment.conceal(block.data(), block.size());
    CHECK_EQUAL(energy(block.data(), block.size()), 0.0);
  }
}

TEST("after a reset nothing of the former signal is heard") {
  Samples block = voice(8000, 140, 1600);
  Concealment concealment(8000);
  concealment.good(block.data(), block.size());
  concealment.conceal(block.data(), 160);
  concealment.reset();
  concealment.conceal(block.data(), 160);
  CHECK_EQUAL(energy(block.data(), 160), 0.0);
}

TEST("any order of blocks of any size is survived at full scale") {
  std::mt19937 random(1);
  for (const uint32_t rate : {8000u, 16000u, 48000u}) {
    Concealment concealment(rate);
    Samples block(4000);
    for (int i = 0; i < 2000; ++i) {
      const size_t n = random() % (i % 10 == 0 ? block.size() : 200);
      switch (random() % 4) {
        case 0:
          concealment.conceal(block.data(), n);
          break;
        case 1:
          concealment.gap();
          break;
        default:
          for (size_t j = 0; j < n; ++j) block[j] = random() % 2 == 0 ? 32767 : -32768;
          concealment.good(block.data(), n);
      }
    }
    concealment.good(block.data(), 0);
    concealment.conceal(block.data(), 0);
    // And still fades to silence.
    concealment.conceal(block.data(), rate / 16);
    concealment.conceal(block.data(), rate / 50);
    CHECK_EQUAL(energy(block.data(), rate / 50), 0.0);
  }
}

TEST("its cost is bounded: a gap costs a small part of a tick") {
  for (const uint32_t rate : {8000u, 48000u}) {
    Samples block = voice(rate, 140, rate / 50);
    Concealment concealment(rate);
    const auto begin = std::chrono::steady_clock::now();
    constexpr int kRounds = 200;
    for (int i = 0; i < kRounds; ++i) {
      concealment.good(block.data(), block.size());
      concealment.conceal(block.data(), block.size());
    }
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begin;
    std::printf("     %u Hz: %.1f us for a gap and the block after it\n", rate, took.count() / kRounds);
    // A tenth of a tick even under a sanitizer on a busy machine.
    CHECK(took.count() / kRounds < 2000);
  }
}

}  // namespace

int main() { return check::run(); }
