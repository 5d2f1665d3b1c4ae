#pragma once
#include <cstddef>

#include "net/address.h"

namespace interconnect {

/** One of our sockets, and who is heard through it: a candidate pair. */
struct IcePath {
  size_t socket;
  Address remote;

  bool operator==(const IcePath& other) const { return socket == other.socket && remote == other.remote; }
  bool operator<(const IcePath& other) const { return socket != other.socket ? socket < other.socket : remote < other.remote; }
};

}  // namespace interconnect
