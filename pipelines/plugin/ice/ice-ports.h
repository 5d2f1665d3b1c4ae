#pragma once
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "clock/clock.h"
#include "ice/ice-port.h"
#include "net/network.h"

namespace interconnect {

/** The ports that legs share: each is bound while a leg uses it. */
class IcePorts {
 public:
  IcePorts(const Clock& clock, Network& network) : clock_(clock), network_(network) {}

  /**
   * @param locals the same port on several addresses
   * @param tcpPort on the same addresses
   * @throws Failure media.port-in-use, media.bad-request
   */
  std::shared_ptr<IcePort> use(const std::vector<Address>& locals, std::optional<uint16_t> tcpPort = std::nullopt);
  /** Since the start. */
  const IcePort::Counts& counts() const { return counts_; }

 private:
  const Clock& clock_;
  Network& network_;
  std::map<std::pair<std::vector<Address>, std::optional<uint16_t>>, std::weak_ptr<IcePort>> open_;
  IcePort::Counts counts_;
};

}  // namespace interconnect
