#pragma once
#include <memory>
#include <variant>

#include "net/network.h"
#include "net/readiness.h"
#include "net/stream.h"

namespace interconnect {

/** A real TCP port, for packets of media: DSCP EF, TCP_NODELAY, little room for what cannot be sent at once. */
std::variant<std::unique_ptr<StreamPort>, OpenFailure> openTcpPort(const Address& local, Readiness& readiness);

}  // namespace interconnect
