#pragma once
#include "net/network.h"

namespace interconnect {

/** None of them is worth refusing a call for: a container may forbid one. */
void setOption(int descriptor, int level, int option, int value);
/** RFC 3246 expedited forwarding; IPv6 alone where the address is of IPv6. */
void setTrafficClass(int descriptor, int family);
/** @param protocol "UDP", "TCP" */
OpenFailure bindFailure(int error, const char* protocol, const Address& local);

}  // namespace interconnect
