#include "net/udp-network.h"

#include <netinet/ip.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "net/receive-batch.h"

namespace interconnect {
namespace {

/** RFC 3246 expedited forwarding, in the upper six bits of the traffic class. */
constexpr int kTrafficClass = 46 << 2;

class UdpSocket final : public Socket {
 public:
  UdpSocket(int descriptor, ReceiveBatch& batch, Readiness& readiness)
      : descriptor_(descriptor), batch_(batch), readiness_(readiness) {}
  UdpSocket(const UdpSocket&) = delete;
  UdpSocket& operator=(const UdpSocket&) = delete;
  ~UdpSocket() override {
    if (watched_) readiness_.remove(descriptor_);
    ::close(descriptor_);
  }

  size_t receive(Datagram* out) override { return batch_.receive(descriptor_, out); }

  Sent send(const Address& to, Span datagram) override {
    const ssize_t n = ::sendto(descriptor_, datagram.data, datagram.size, MSG_DONTWAIT | MSG_NOSIGNAL, to.raw(), to.size());
    return n == static_cast<ssize_t>(datagram.size) ? Sent::Ok : Sent::Failed;
  }

  bool watch(ReadableListener* listener) override {
    if (watched_) readiness_.remove(descriptor_);
    watched_ = listener != nullptr && readiness_.add(descriptor_, *listener);
    return watched_ || listener == nullptr;
  }

 private:
  const int descriptor_;
  ReceiveBatch& batch_;
  Readiness& readiness_;
  bool watched_ = false;
};

void set(int descriptor, int level, int option, int value) {
  // None of these is worth refusing a call for: a container may forbid one.
  (void)setsockopt(descriptor, level, option, &value, sizeof value);
}

OpenFailure failure(int error, const Address& local) {
  return {error == EADDRINUSE, "cannot bind " + local.host() + " port " + std::to_string(local.port()) + ": " + std::strerror(error)};
}

}  // namespace

UdpNetwork::UdpNetwork(const Clock& clock) : batch_(std::make_unique<ReceiveBatch>(clock)) {}
UdpNetwork::~UdpNetwork() = default;

std::variant<std::unique_ptr<Socket>, OpenFailure> UdpNetwork::open(const Address& local, int receiveBufferBytes) {
  const int descriptor = ::socket(local.family(), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return failure(errno, local);
  auto socket = std::make_unique<UdpSocket>(descriptor, *batch_, readiness_);
  if (local.family() == AF_INET6) {
    set(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    set(descriptor, IPPROTO_IPV6, IPV6_TCLASS, kTrafficClass);
  } else {
    set(descriptor, IPPROTO_IP, IP_TOS, kTrafficClass);
  }
  // The kernel doubles what it is given.
  set(descriptor, SOL_SOCKET, SO_RCVBUF, receiveBufferBytes / 2);
  // More than the system's limit, where we may.
  if (receiveBufferBytes > kLegBufferBytes) set(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, receiveBufferBytes / 2);
  set(descriptor, SOL_SOCKET, SO_TIMESTAMPNS, 1);
  if (::bind(descriptor, local.raw(), local.size()) != 0) return failure(errno, local);
  return socket;
}

}  // namespace interconnect
