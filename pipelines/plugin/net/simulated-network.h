#pragma once
#include <deque>
#include <functional>
#include <map>
#include <vector>

#include "clock/clock.h"
#include "net/network.h"

namespace interconnect {

/** A network in memory: packets are put in by hand (a test, a pcap) and what sockets send is handed to a listener. */
class SimulatedNetwork final : public Network {
 public:
  using Listener = std::function<void(const Address& from, const Address& to, Span datagram)>;

  SimulatedNetwork(const Clock& clock, Listener onSent);
  ~SimulatedNetwork() override;

  std::variant<std::unique_ptr<Socket>, OpenFailure> open(const Address& local, int receiveBufferBytes) override;
  /** Puts a datagram into the socket bound to `to`, as arrived now; false when there is none or its buffer is full. */
  bool deliver(const Address& from, const Address& to, Span datagram);
  size_t openSockets() const { return sockets_.size(); }

 private:
  class SimulatedSocket;
  const Clock& clock_;
  const Listener onSent_;
  std::map<Address, SimulatedSocket*> sockets_;
};

}  // namespace interconnect
