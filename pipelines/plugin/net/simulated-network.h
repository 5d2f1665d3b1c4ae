#pragma once
#include <deque>
#include <functional>
#include <map>
#include <vector>

#include "clock/clock.h"
#include "net/network.h"
#include "net/simulated-stream.h"

namespace interconnect {

/** A network in memory: packets are put in by hand (a test, a pcap) and what sockets send is handed to a listener. */
class SimulatedNetwork final : public Network {
 public:
  using Listener = std::function<void(const Address& from, const Address& to, Span datagram)>;

  SimulatedNetwork(const Clock& clock, Listener onSent);
  ~SimulatedNetwork() override;

  std::variant<std::unique_ptr<Socket>, OpenFailure> open(const Address& local, int receiveBufferBytes) override;
  std::variant<std::unique_ptr<StreamPort>, OpenFailure> listen(const Address& local) override;
  /** Connects to the TCP port at `to`; nullptr when nobody listens there. */
  std::shared_ptr<SimulatedConnection> connect(const Address& from, const Address& to);
  /** Puts a datagram into the socket bound to `to`, as arrived now; false when there is none or its buffer is full. */
  bool deliver(const Address& from, const Address& to, Span datagram);
  size_t openSockets() const { return sockets_.size(); }
  size_t openPorts() const { return ports_.size(); }

 private:
  class SimulatedSocket;
  class SimulatedPort;
  const Clock& clock_;
  const Listener onSent_;
  std::map<Address, SimulatedSocket*> sockets_;
  std::map<Address, SimulatedPort*> ports_;
};

}  // namespace interconnect
