#pragma once
#include <memory>
#include <string>
#include <variant>

#include "clock/nanos.h"
#include "net/address.h"
#include "net/stream.h"
#include "rtp/span.h"

namespace interconnect {

/** A datagram that came in. */
struct Datagram {
  Span bytes;
  Address from;
  /** When the network had it, on the monotonic clock: earlier than the moment at which it was read. */
  Nanos arrival;
};

enum class Sent {
  Ok,
  /** The kernel took nothing: buffers full, no route, or an ICMP error that an earlier packet has earned. */
  Failed,
};

/** Is told that something came. */
class ReadableListener {
 public:
  virtual void readable() = 0;

 protected:
  ~ReadableListener() = default;
};

/** One bound UDP port. Closed when it is destroyed. */
class Socket {
 public:
  virtual ~Socket() = default;
  /** Most datagrams that one `receive` gives. */
  static constexpr size_t kBatch = 8;
  /**
   * Takes what waits, without blocking: at most kBatch datagrams, written to `out`; returns how many.
   * Their bytes stay valid until the next `receive` on any socket of the same network.
   */
  virtual size_t receive(Datagram* out) = 0;
  virtual Sent send(const Address& to, Span datagram) = 0;
  /**
   * Tells `listener` whenever datagrams wait, from the network's own loop, until it is told another one or nullptr. A
   * listener may stop the watch in the middle of being told.
   * @returns false when the machine has no room for a watch: then the socket must be read now and then
   */
  virtual bool watch(ReadableListener* listener) = 0;
};

struct OpenFailure {
  /** Somebody else has the port; otherwise the address is not ours, or the machine is out of descriptors. */
  bool inUse;
  std::string message;
};

/** Where sockets come from: the kernel, or a simulation. */
class Network {
 public:
  virtual ~Network() = default;
  /** Of one leg's port: room for about a second of small packets; more would only be heard late. */
  static constexpr int kLegBufferBytes = 256 * 1024;
  /** Binds exactly `local`. @param receiveBufferBytes what waits unread; the kernel may give less */
  virtual std::variant<std::unique_ptr<Socket>, OpenFailure> open(const Address& local, int receiveBufferBytes = kLegBufferBytes) = 0;
  /** Listens on exactly `local`, TCP. */
  virtual std::variant<std::unique_ptr<StreamPort>, OpenFailure> listen(const Address& local) = 0;
};

}  // namespace interconnect
