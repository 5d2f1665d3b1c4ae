#pragma once
#include "clock/clock.h"
#include "net/network.h"

namespace interconnect {

class ReceiveBatch;

/** Real UDP sockets: non-blocking, DSCP EF (RFC 3246), kernel receive time stamps. For one thread. */
class UdpNetwork final : public Network {
 public:
  explicit UdpNetwork(const Clock& clock);
  ~UdpNetwork() override;
  std::variant<std::unique_ptr<Socket>, OpenFailure> open(const Address& local) override;

 private:
  // One set of receive buffers for all sockets: a leg costs no buffer of its own.
  std::unique_ptr<ReceiveBatch> batch_;
};

}  // namespace interconnect
