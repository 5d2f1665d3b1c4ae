// What a leg costs without kernel and clock, so that it can be counted in instructions, the same on a noisy machine:
//
//     valgrind --tool=callgrind --toggle-collect='boxTick*' --callgrind-out-file=out bench-tick --codec g722 --legs 20 --seconds 5
//     callgrind_annotate --inclusive=yes out
//
// The engine of the far ends and the one that is measured take turns on a driven clock; packets to the far ends are dropped.
// bench-legs.h has the options. Prints one JSON object; ms are CPU milliseconds per leg and second within the measured engine.
#include <gst/gst.h>
#include <sys/resource.h>

#include <cstdio>

#include "bench/bench-legs.h"
#include "clock/manual-clock.h"
#include "clock/system-clock.h"
#include "engine/engine.h"
#include "net/simulated-network.h"

using namespace interconnect;

/** What is measured has a name of its own, for callgrind. */
extern "C" [[gnu::noinline]] void boxTick(Engine& engine) { engine.run(); }

int main(int count, char** values) {
  bench::Options options;
  options.legs = 20;
  options.warmUpSeconds = 1;
  if (!bench::parse(count, values, options)) return 2;
  gst_init(nullptr, nullptr);

  ManualClock clock;
  uint64_t sent = 0;
  SimulatedNetwork box(clock, [&](const Address&, const Address&, Span) { sent++; });
  SimulatedNetwork far(clock, [&](const Address& from, const Address& to, Span datagram) { box.deliver(from, to, datagram); });
  bool refused = false;
  const auto output = [&](const std::string& line) {
    if (line.find("\"error\"") == std::string::npos) return;
    std::fprintf(stderr, "%s\n", line.c_str());
    refused = true;
  };
  Engine engine(clock, box, seededRandom(1), output);
  Engine others(clock, far, seededRandom(2), output);
  for (int i = 0; i < options.legs && !refused; i++) {
    engine.command(bench::openBoxLeg(i, options));
    if (options.relay && i % 2 == 1) engine.command(bench::relayBack(i));
    others.command(bench::openFarLeg(i, options));
    clock.moveTo(clock.now() + kMillisecond);
  }
  if (refused) return 1;
  const SystemClock real;
  Nanos cpu = 0;
  const auto run = [&](int seconds) {
    const Nanos end = clock.now() + seconds * kSecond;
    for (; clock.now() < end; clock.moveTo(clock.now() + kMillisecond)) {
      others.run();
      const Nanos before = real.threadCpu();
      boxTick(engine);
      cpu += real.threadCpu() - before;
    }
  };
  run(options.warmUpSeconds);
  cpu = 0;
  sent = 0;
  run(options.seconds);
  std::printf("{\"legs\":%d,\"session\":%d,\"packetsPerLegSecond\":%.1f,\"msPerLegSecond\":%.3f}\n", options.legs, options.session,
              static_cast<double>(sent) / options.legs / options.seconds,
              static_cast<double>(cpu) / 1e6 / options.legs / options.seconds);
  return 0;
}
