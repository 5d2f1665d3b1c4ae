// Once calls run, the loop allocates nothing: an allocator that takes its time would be heard.
#include <gst/gst.h>

#include <cstdlib>
#include <new>

#include "bench/bench-legs.h"
#include "clock/manual-clock.h"
#include "engine/engine.h"
#include "net/simulated-network.h"
#include "tests/check.h"

namespace {

bool counting = false;
size_t allocations = 0;

}  // namespace

// The sanitizer has an allocator of its own; there only C++ is counted.
#ifndef __SANITIZE_ADDRESS__
extern "C" {
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* block, size_t size);

void* malloc(size_t size) {
  allocations += counting ? 1 : 0;
  return __libc_malloc(size);
}
void* calloc(size_t count, size_t size) {
  allocations += counting ? 1 : 0;
  return __libc_calloc(count, size);
}
void* realloc(void* block, size_t size) {
  allocations += counting ? 1 : 0;
  return __libc_realloc(block, size);
}
}
#else
void* operator new(size_t size) {
  allocations += counting ? 1 : 0;
  void* block = std::malloc(size);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}
void operator delete(void* block) noexcept { std::free(block); }
void operator delete(void* block, size_t) noexcept { std::free(block); }
#endif

using namespace interconnect;

namespace {

constexpr int kSeconds = 4;

/** In so many seconds of calls that have run for some. */
size_t allocationsOf(const bench::Options& options) {
  ManualClock clock;
  size_t sent = 0;
  SimulatedNetwork box(clock, [&](const Address&, const Address&, Span) { sent++; });
  SimulatedNetwork far(clock, [&](const Address& from, const Address& to, Span datagram) { box.deliver(from, to, datagram); });
  const auto output = [](const std::string& line) { CHECK(line.find("\"error\"") == std::string::npos); };
  Engine engine(clock, box, seededRandom(1), output);
  Engine others(clock, far, seededRandom(2), output);
  for (int i = 0; i < options.legs; i++) {
    engine.command(bench::openBoxLeg(i, options));
    if (options.relay && i % 2 == 1) engine.command(bench::relayBack(i));
    others.command(bench::openFarLeg(i, options));
  }
  const auto run = [&](int seconds, bool counted) {
    const Nanos end = clock.now() + seconds * kSecond;
    for (; clock.now() < end; clock.moveTo(clock.now() + kMillisecond)) {
      others.run();
      counting = counted;
      engine.run();
      counting = false;
    }
  };
  // RTCP comes every five seconds.
  run(12, false);
  sent = 0;
  allocations = 0;
  run(kSeconds, true);
  CHECK(sent >= static_cast<size_t>(options.legs * kSeconds * 800 / options.packetMs));
  return allocations;
}

void none(const std::string& what, bench::Options options) {
  options.legs = 4;
  const size_t count = allocationsOf(options);
  if (!CHECK_EQUAL(count, size_t{0})) std::printf("  %s\n", what.c_str());
}

}  // namespace

TEST("calls in G.711, G.722 and Opus allocate nothing, mixed or relayed") {
  for (const char* codec : {"pcmu", "pcma", "g722", "opus"}) {
    bench::Options options;
    options.codec = codec;
    none(codec, options);
    options.session = 4;
    options.muted = 75;
    options.talkMs = 1000;
    none(std::string(codec) + ", muted listeners", options);
    options.muted = 0;
    options.packetMs = 60;
    none(std::string(codec) + ", packets of 60 ms", options);
    bench::Options relay;
    relay.codec = codec;
    relay.relay = true;
    none(std::string(codec) + ", relayed", relay);
  }
}

TEST("secured calls allocate nothing") {
  for (const int suite : {80, 32, 128}) {
    bench::Options options;
    options.srtp = suite;
    none("suite " + std::to_string(suite), options);
  }
}

int main(int count, char** values) {
  gst_init(&count, &values);
  return check::run();
}
