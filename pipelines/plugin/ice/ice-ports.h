#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "clock/clock.h"
#include "ice/ice-port.h"
#include "net/network.h"

namespace interconnect {

/** The ports that legs share: each is bound while a leg uses it. */
class IcePorts {
 public:
  IcePorts(const Clock& clock, Network& network) : clock_(clock), network_(network) {}

  /** @param locals the same port on several addresses @throws Failure media.port-in-use, media.bad-request */
  std::shared_ptr<IcePort> use(const std::vector<Address>& locals);
  /** Datagrams since the start that were dropped: of strangers, and checks that prove nothing. */
  uint64_t strangers() const { return strangers_; }

 private:
  const Clock& clock_;
  Network& network_;
  std::map<std::vector<Address>, std::weak_ptr<IcePort>> open_;
  uint64_t strangers_ = 0;
};

}  // namespace interconnect
