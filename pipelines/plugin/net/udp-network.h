#pragma once
#include "clock/clock.h"
#include "net/network.h"
#include "net/readiness.h"

namespace interconnect {

class ReceiveBatch;

/** Real sockets, of UDP with kernel receive time stamps: non-blocking, DSCP EF (RFC 3246). For one thread. */
class UdpNetwork final : public Network {
 public:
  explicit UdpNetwork(const Clock& clock);
  ~UdpNetwork() override;
  std::variant<std::unique_ptr<Socket>, OpenFailure> open(const Address& local, int receiveBufferBytes) override;
  std::variant<std::unique_ptr<StreamPort>, OpenFailure> listen(const Address& local) override;

  /** Becomes readable when a watched socket does; -1 when the machine had no descriptor to spare. */
  int descriptor() const { return readiness_.descriptor(); }
  /** Tells the listeners of watched sockets what waits. */
  void poll() { readiness_.tell(); }

 private:
  Readiness readiness_;
  // One set of receive buffers for all sockets: a leg costs no buffer of its own.
  std::unique_ptr<ReceiveBatch> batch_;
};

}  // namespace interconnect
