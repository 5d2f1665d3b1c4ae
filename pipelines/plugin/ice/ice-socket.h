#pragma once
#include <array>
#include <memory>
#include <vector>

#include "ice/ice-agent.h"
#include "ice/ice-port.h"
#include "net/network.h"

namespace interconnect {

/**
 * One leg's share of an IcePort, as a socket of its own. Whatever path the far end takes, for the leg it is at farEnd(): where a
 * datagram really goes to and comes from is ICE's business alone.
 */
class IceSocket final : public Socket {
 public:
  /** @throws Failure media.bad-request: another leg of the port has this ufrag */
  IceSocket(std::shared_ptr<IcePort> port, IceCredentials own);
  ~IceSocket() override;
  IceSocket(const IceSocket&) = delete;
  IceSocket& operator=(const IceSocket&) = delete;

  /** What stands in SDP where there is no address yet (RFC 8840 §4.1.1). */
  static Address farEnd();

  size_t receive(Datagram* out) override;
  Sent send(const Address& to, Span datagram) override;
  bool watch(ReadableListener* listener) override;

  /** @throws Failure media.bad-request as above */
  void restart(IceCredentials own);
  std::optional<IceAgent::Change> takeChange(Nanos now) { return agent_.takeChange(now); }
  void tick(Nanos now) { port_->tick(now); }
  /** Where the far end is; nothing before it has proven itself. */
  std::optional<Address> remote() const;

  // Of the port:
  IceAgent& agent() { return agent_; }
  /** After a check: credentials that count no longer are taken off the port. */
  void checked();
  /** True when its listener is to be told. */
  bool put(const Datagram& datagram);
  void tell();

 private:
  /** What comes between two ticks: 128 kbit/s of audio is one or two; a screen's key frame some tens. */
  static constexpr size_t kMaxWaiting = 128;

  void release();
  void grow();
  std::unique_ptr<Packet> takeFirst();

  const std::shared_ptr<IcePort> port_;
  IceAgent agent_;
  /** Of credentials that a restart has replaced and that count still. */
  std::string formerUfrag_;
  // A ring that grows to what has ever waited, so that a packet allocates nothing.
  std::vector<std::unique_ptr<Packet>> ring_;
  size_t head_ = 0;
  size_t waiting_ = 0;
  /** Whose bytes the leg is looking at. */
  std::array<std::unique_ptr<Packet>, kBatch> given_;
  ReadableListener* listener_ = nullptr;
  bool woken_ = false;
};

/** The socket for RTCP of a leg that has none: nothing comes, nothing goes. */
class NoSocket final : public Socket {
 public:
  size_t receive(Datagram*) override { return 0; }
  Sent send(const Address&, Span) override { return Sent::Failed; }
  bool watch(ReadableListener*) override { return true; }
};

}  // namespace interconnect
