// What processing a voice costs the loop: CPU ms per leg and second.
#include <gst/gst.h>

#include <cstdio>
#include <random>
#include <vector>

#include "clock/system-clock.h"
#include "engine/voice-processing.h"

using namespace interconnect;

namespace {

constexpr int kTicks = 3000;

double msPerSecond(uint32_t rate, double gainDb, const ProcessingSpec& spec) {
  VoiceProcessing processing;
  processing.setGain(gainDb);
  processing.setSpec(spec);
  std::vector<int16_t> pcm(rate);
  std::minstd_rand random(1);
  for (int16_t& sample : pcm) sample = static_cast<int16_t>(static_cast<int>(random() % 4000) - 2000);
  const size_t samples = rate / 50;
  const SystemClock clock;
  const auto run = [&](int ticks) {
    for (int tick = 0; tick < ticks; tick++) processing.process(pcm.data() + static_cast<size_t>(tick % 50) * samples, samples, rate);
  };
  // The chain is made with the first tick.
  run(50);
  const Nanos before = clock.threadCpu();
  run(kTicks);
  return static_cast<double>(clock.threadCpu() - before) / kMillisecond / (kTicks / 50);
}

}  // namespace

int main(int count, char** values) {
  gst_init(&count, &values);
  for (const uint32_t rate : {8000u, 16'000u, 48'000u}) {
    std::printf("%5u Hz: gain %5.3f, noise suppression %5.2f, gain control %5.2f, both %5.2f CPU ms per leg and second\n", rate,
                msPerSecond(rate, 6, {}), msPerSecond(rate, 0, {true, false}), msPerSecond(rate, 0, {false, true}),
                msPerSecond(rate, 0, {true, true}));
  }
  return 0;
}
