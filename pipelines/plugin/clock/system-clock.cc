#include "clock/system-clock.h"

#include <ctime>

namespace interconnect {
namespace {

Nanos read(clockid_t id) {
  timespec t{};
  clock_gettime(id, &t);
  return static_cast<Nanos>(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
}

}  // namespace

Nanos SystemClock::now() const { return read(CLOCK_MONOTONIC); }
Nanos SystemClock::wall() const { return read(CLOCK_REALTIME); }
Nanos SystemClock::threadCpu() const { return read(CLOCK_THREAD_CPUTIME_ID); }

}  // namespace interconnect
