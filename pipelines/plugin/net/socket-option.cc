#include "net/socket-option.h"

#include <netinet/ip.h>

#include <cerrno>
#include <cstring>

namespace interconnect {
namespace {

/** In the upper six bits. */
constexpr int kTrafficClass = 46 << 2;

}  // namespace

void setOption(int descriptor, int level, int option, int value) {
  (void)setsockopt(descriptor, level, option, &value, sizeof value);
}

void setTrafficClass(int descriptor, int family) {
  if (family == AF_INET6) {
    setOption(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    setOption(descriptor, IPPROTO_IPV6, IPV6_TCLASS, kTrafficClass);
  } else {
    setOption(descriptor, IPPROTO_IP, IP_TOS, kTrafficClass);
  }
}

OpenFailure bindFailure(int error, const char* protocol, const Address& local) {
  return {error == EADDRINUSE, std::string("cannot bind ") + local.host() + ' ' + protocol + " port " + std::to_string(local.port()) + ": " +
                                   std::strerror(error)};
}

}  // namespace interconnect
