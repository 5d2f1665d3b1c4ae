#include "dtls/openssl-time.h"

#include <sys/time.h>

namespace {

thread_local interconnect::Nanos engineTime = 0;

}  // namespace

extern "C" {
// Names that the linker's --wrap asks for.
int __real_gettimeofday(timeval* time, void* zone);
int __wrap_gettimeofday(timeval* time, void* zone);
int __wrap_gettimeofday(timeval* time, void* zone) {
  if (engineTime == 0) return __real_gettimeofday(time, zone);
  time->tv_sec = static_cast<time_t>(engineTime / interconnect::kSecond);
  time->tv_usec = static_cast<suseconds_t>(engineTime % interconnect::kSecond / interconnect::kMicrosecond);
  return 0;
}
}

namespace interconnect {

OpensslTime::OpensslTime(Nanos now) { engineTime = now; }
OpensslTime::~OpensslTime() { engineTime = 0; }

}  // namespace interconnect
