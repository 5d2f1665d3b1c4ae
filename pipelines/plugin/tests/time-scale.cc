#include "audio/time-scale.h"

#include <chrono>
#include <map>
#include <string>

#include "tests/check.h"
#include "tests/click-detector.h"
#include "tests/synthetic.h"

using namespace interconnect;
using synthetic::Samples;

namespace {

constexpr uint32_t kRates[] = {8000, 16000, 48000};

struct Scaled {
  Samples pcm;
  /** What is still to be put in or taken out. */
  ptrdiff_t left = 0;
  /** Until no more than a period was left. */
  double seconds = 0;
  size_t splices = 0;
};

/** `pcm` in packets of `packetMs`, with `wanted` samples to be put in from 300 ms on. */
Scaled scale(uint32_t rate, const Samples& pcm, ptrdiff_t wanted, double packetMs = 20) {
  TimeScale timeScale(rate);
  Scaled result;
  result.left = wanted;
  const size_t packet = synthetic::msOf(rate, packetMs);
  const size_t frame = rate / 50;
  // What a leg does: packets into a queue, a frame of 20 ms out of it a tick.
  Samples queue;
  size_t next = 0;
  for (Nanos now = 0; next + packet <= pcm.size(); now += 20 * kMillisecond) {
    while (queue.size() < frame && next + packet <= pcm.size()) {
      queue.insert(queue.end(), pcm.begin() + static_cast<std::ptrdiff_t>(next), pcm.begin() + static_cast<std::ptrdiff_t>(next + packet));
      next += packet;
      if (now < 300 * kMillisecond || result.left == 0) continue;
      const size_t n = queue.size();
      queue.resize(n + timeScale.longest());
      const size_t scaled = timeScale.scale(queue.data(), n, result.left, now);
      queue.resize(scaled);
      const auto by = static_cast<ptrdiff_t>(scaled) - static_cast<ptrdiff_t>(n);
      if (by == 0) continue;
      ++result.splices;
      result.left -= by;
      if (std::abs(result.left) <= static_cast<ptrdiff_t>(timeScale.longest())) {
        if (result.seconds == 0) result.seconds = static_cast<double>(now) / kSecond - 0.3;
      }
    }
    const size_t have = std::min(frame, queue.size());
    result.pcm.insert(result.pcm.end(), queue.begin(), queue.begin() + static_cast<std::ptrdiff_t>(have));
    queue.erase(queue.begin(), queue.begin() + static_cast<std::ptrdiff_t>(have));
  }
  result.pcm.insert(result.pcm.end(), queue.begin(), queue.end());
  result.pcm.insert(result.pcm.end(), pcm.begin() + static_cast<std::ptrdiff_t>(next), pcm.end());
  return result;
}

std::map<std::string, Samples> sounds(uint32_t rate) {
  return {
      {"97 Hz", synthetic::tone(rate, 97, 3)},
      {"440 Hz", synthetic::tone(rate, 440, 3)},
      {"1000 Hz", synthetic::tone(rate, 1000, 3)},
      {"3100 Hz", synthetic::tone(rate, 3100, 3)},
      // Not 480 Hz: with 440 Hz it comes round every 25 ms to the sample, which the detector cannot tell from a repeat.
      {"ringing", synthetic::sum(synthetic::tone(rate, 440, 3, -18), synthetic::tone(rate, 483, 3, -18))},
      {"digit", synthetic::sum(synthetic::tone(rate, 770, 3, -15), synthetic::tone(rate, 1477, 3, -15))},
      {"vowel", synthetic::vowel(rate, 123, 3)},
      {"noise", synthetic::noise(rate, 4)},
      {"deep voice", synthetic::speech(rate, 6, 85, 1)},
      {"man", synthetic::speech(rate, 6, 120, 2)},
      {"woman", synthetic::speech(rate, 6, 215, 3)},
      {"child", synthetic::speech(rate, 6, 330, 4)},
  };
}

TEST("100 ms are put in or taken out within 2.5 s, to a period, without a click, a gap or a repeated block") {
  for (const uint32_t rate : kRates) {
    double slowest = 0;
    for (const auto& [what, pcm] : sounds(rate)) {
      for (const int wantedMs : {100, -100}) {
        const auto wanted = static_cast<ptrdiff_t>(rate) * wantedMs / 1000;
        const Scaled scaled = scale(rate, pcm, wanted);
        const auto found = clicks::findDefects(scaled.pcm, rate);
        if (!CHECK(found.empty())) std::printf("  %s, %u Hz, %d ms: %s\n", what.c_str(), rate, wantedMs, clicks::describe(found, rate).c_str());
        CHECK_EQUAL(static_cast<ptrdiff_t>(scaled.pcm.size()), static_cast<ptrdiff_t>(pcm.size()) + wanted - scaled.left);
        if (!CHECK(std::abs(scaled.left) <= static_cast<ptrdiff_t>(synthetic::msOf(rate, 15)))) {
          std::printf("  %s, %u Hz, %d ms: %td left\n", what.c_str(), rate, wantedMs, scaled.left);
        }
        // Never shorter than it may be.
        CHECK(scaled.left <= 0);
        if (!CHECK(scaled.seconds <= 2.5)) std::printf("  %s, %u Hz, %d ms: %.1f s\n", what.c_str(), rate, wantedMs, scaled.seconds);
        slowest = std::max(slowest, scaled.seconds);
      }
    }
    std::printf("     %u Hz: the slowest took %.2f s\n", rate, slowest);
  }
}

TEST("packets of 10, 30, 40 and 60 ms are scaled as those of 20 ms are") {
  for (const double packetMs : {10.0, 30.0, 40.0, 60.0}) {
    for (const auto& [what, pcm] : sounds(8000)) {
      for (const ptrdiff_t wanted : {800, -800}) {
        const Scaled scaled = scale(8000, pcm, wanted, packetMs);
        const auto found = clicks::findDefects(scaled.pcm, 8000);
        if (!CHECK(found.empty())) std::printf("  %s, %g ms, %td: %s\n", what.c_str(), packetMs, wanted, clicks::describe(found, 8000).c_str());
        if (!CHECK(scaled.left <= 0 && scaled.left >= -120)) std::printf("  %s, %g ms, %td: %td\n", what.c_str(), packetMs, wanted, scaled.left);
      }
    }
  }
}

TEST("a tone keeps its pitch and level") {
  for (const uint32_t rate : kRates) {
    for (const ptrdiff_t ms : {100, -100}) {
      const Samples pcm = scale(rate, synthetic::tone(rate, 440, 3), static_cast<ptrdiff_t>(rate) * ms / 1000).pcm;
      size_t crossings = 0;
      double energy = 0;
      for (size_t i = 1; i < pcm.size(); ++i) {
        if (pcm[i - 1] < 0 && pcm[i] >= 0) ++crossings;
        energy += double{1} * pcm[i] * pcm[i];
      }
      CHECK_NEAR(static_cast<double>(crossings) * rate / static_cast<double>(pcm.size()), 440, 1);
      CHECK_NEAR(10 * std::log10(energy / static_cast<double>(pcm.size()) / 32768 / 32768), -12, 0.1);
    }
  }
}

TEST("in speech no more than a quarter is added or lost; a pause is used at once") {
  for (const uint32_t rate : kRates) {
    TimeScale timeScale(rate);
    Samples vowel = synthetic::vowel(rate, 90, 10);
    vowel.resize(vowel.size() + timeScale.longest());
    ptrdiff_t added = 0;
    const size_t packet = rate / 50;
    for (size_t i = 0; i < 100; ++i) {
      Samples queue(vowel.begin() + static_cast<std::ptrdiff_t>(i * packet), vowel.begin() + static_cast<std::ptrdiff_t>((i + 2) * packet));
      added += static_cast<ptrdiff_t>(timeScale.scale(queue.data(), packet, rate, static_cast<Nanos>(i) * 20 * kMillisecond) - packet);
    }
    CHECK(added > 0);
    CHECK(static_cast<double>(added) <= 0.26 * 2 * rate);
    Samples silence(2 * packet);
    for (int i = 0; i < 10; ++i) {
      CHECK_EQUAL(timeScale.scale(silence.data(), packet, -static_cast<ptrdiff_t>(rate), (2000 + i * 20) * kMillisecond), packet / 2);
    }
    // What is left over can be any length.
    CHECK_EQUAL(timeScale.scale(silence.data(), packet, -3, 2300 * kMillisecond), packet - 3);
    CHECK_EQUAL(timeScale.scale(silence.data(), packet, 3, 2320 * kMillisecond), packet + 3);
  }
}

TEST("a signal with a pause is shortened in the pause first") {
  const uint32_t rate = 8000;
  Samples pcm = synthetic::vowel(rate, 120, 2);
  for (size_t i = 0; i < pcm.size(); ++i) {
    const double edge = std::clamp((std::fabs(static_cast<double>(i) - 3600) - 800) / 200, 0.0, 1.0);
    pcm[i] = synthetic::toSample(pcm[i] * edge);
  }
  const Scaled scaled = scale(rate, pcm, -400);
  CHECK_EQUAL(scaled.left, ptrdiff_t{0});
  // What is heard before and after is what was said.
  CHECK(std::equal(pcm.begin(), pcm.begin() + 2700, scaled.pcm.begin()));
  CHECK(std::equal(pcm.end() - 10000, pcm.end(), scaled.pcm.end() - 10000));
}

TEST("any signal at full scale, any length and any wish are survived") {
  std::mt19937 random(3);
  for (const uint32_t rate : kRates) {
    TimeScale timeScale(rate);
    Samples pcm(rate / 10 + timeScale.longest());
    Nanos now = 0;
    for (int i = 0; i < 3000; ++i) {
      for (int16_t& sample : pcm) sample = random() % 2 == 0 ? 32767 : -32768;
      const size_t n = random() % (rate / 10);
      const auto wanted = static_cast<ptrdiff_t>(random() % rate) - static_cast<ptrdiff_t>(rate / 2);
      now += static_cast<Nanos>(random() % 100) * kMillisecond;
      const size_t scaled = timeScale.scale(pcm.data(), n, i % 3 == 0 ? wanted / 1000 : wanted, now);
      CHECK(scaled <= n + timeScale.longest());
      if (wanted < 0) CHECK(scaled <= n);
      if (wanted > 0) CHECK(scaled >= n);
    }
  }
}

TEST("its cost is bounded: a splice costs a small part of a tick") {
  for (const uint32_t rate : kRates) {
    TimeScale timeScale(rate);
    const Samples pcm = synthetic::vowel(rate, 120, 0.04);
    Samples work;
    const auto begin = std::chrono::steady_clock::now();
    constexpr int kRounds = 500;
    for (int i = 0; i < kRounds; ++i) {
      work = pcm;
      timeScale.scale(work.data(), rate / 50, rate, i * 100 * kMillisecond);
    }
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begin;
    std::printf("     %u Hz: %.1f us a splice\n", rate, took.count() / kRounds);
    CHECK(took.count() / kRounds < 2000);
  }
}

}  // namespace

int main() { return check::run(); }
