#include <malloc.h>

#include <cstdlib>
#include <new>

#include "tests/engine-rig.h"

namespace {

size_t liveBytes = 0;

}  // namespace

// What the engine holds, counted to the byte: what a process's size says drowns in the allocator's habits.
void* operator new(size_t size) {
  void* block = std::malloc(size);
  if (block == nullptr) throw std::bad_alloc();
  liveBytes += malloc_usable_size(block);
  return block;
}
void operator delete(void* block) noexcept {
  liveBytes -= malloc_usable_size(block);
  std::free(block);
}
void operator delete(void* block, size_t) noexcept { operator delete(block); }

using namespace interconnect;
using namespace interconnect::rig;

namespace {

/** Opens legs, lets them talk for a while, closes them; what was said meanwhile is forgotten. */
void round(Rig& rig, size_t legs) {
  for (size_t i = 0; i < legs; i++) {
    rig.call(session("room" + std::to_string(i / 10)), 400, std::string(R"(,"sendTelephoneEvent":)") + kTelephoneEvent);
  }
  rig.runFor(200 * kMillisecond);
  for (size_t i = 0; i < legs; i++) rig.ask("leg.close", "{\"leg\":\"leg" + std::to_string(i) + "\"}");
  rig.phones.clear();
  rig.phones.shrink_to_fit();
  rig.lines.clear();
  rig.lines.shrink_to_fit();
}

}  // namespace

TEST("two thousand legs opened and closed leave nothing behind") {
  Rig rig;
  round(rig, 100);
  const size_t before = liveBytes;
  for (int i = 0; i < 20; i++) {
    round(rig, 100);
    CHECK_NEAR(static_cast<double>(liveBytes), static_cast<double>(before), 4096);
  }
  CHECK_EQUAL(rig.network.openSockets(), size_t{0});
  CHECK(!rig.engine.next().has_value());
}

TEST("a talking G.711 leg takes at most 30 KB") {
  Rig rig;
  round(rig, 100);
  const size_t before = liveBytes;
  size_t held = 0;
  for (size_t i = 0; i < 100; i++) rig.call(session("room" + std::to_string(i / 10)), 400);
  for (const auto& phone : rig.phones) {
    phone->lost = [](uint16_t n) { return n % 10 == 9; };
  }
  rig.runFor(kSecond);
  // The phones' side of it is not the engine's.
  rig.phones.clear();
  rig.lines.clear();
  rig.lines.shrink_to_fit();
  held = liveBytes - before;
  std::printf("     %.1f KB a leg\n", static_cast<double>(held) / 100 / 1024);
  CHECK(held / 100 <= 30 * 1024);
}

int main() { return check::run(); }
