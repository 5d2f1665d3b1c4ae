#include "net/udp-network.h"

#include <unistd.h>

#include <cerrno>

#include "net/receive-batch.h"
#include "net/socket-option.h"
#include "net/tcp-port.h"

namespace interconnect {
namespace {

class UdpSocket final : public Socket {
 public:
  UdpSocket(int descriptor, ReceiveBatch& batch, Readiness& readiness)
      : descriptor_(descriptor), batch_(batch), readiness_(readiness) {}
  UdpSocket(const UdpSocket&) = delete;
  UdpSocket& operator=(const UdpSocket&) = delete;
  ~UdpSocket() override {
    watch(nullptr);
    ::close(descriptor_);
  }

  size_t receive(Datagram* out) override { return batch_.receive(descriptor_, out); }

  Sent send(const Address& to, Span datagram) override {
    const ssize_t n = ::sendto(descriptor_, datagram.data, datagram.size, MSG_DONTWAIT | MSG_NOSIGNAL, to.raw(), to.size());
    return n == static_cast<ssize_t>(datagram.size) ? Sent::Ok : Sent::Failed;
  }

  bool watch(ReadableListener* listener) override {
    if (listener_ != nullptr) readiness_.remove(descriptor_, *listener_);
    listener_ = listener != nullptr && readiness_.add(descriptor_, *listener) ? listener : nullptr;
    return listener_ == listener;
  }

 private:
  const int descriptor_;
  ReceiveBatch& batch_;
  Readiness& readiness_;
  ReadableListener* listener_ = nullptr;
};

}  // namespace

UdpNetwork::UdpNetwork(const Clock& clock) : batch_(std::make_unique<ReceiveBatch>(clock)) {}
UdpNetwork::~UdpNetwork() = default;

std::variant<std::unique_ptr<Socket>, OpenFailure> UdpNetwork::open(const Address& local, int receiveBufferBytes) {
  const int descriptor = ::socket(local.family(), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return bindFailure(errno, "UDP", local);
  auto socket = std::make_unique<UdpSocket>(descriptor, *batch_, readiness_);
  setTrafficClass(descriptor, local.family());
  // The kernel doubles what it is given.
  setOption(descriptor, SOL_SOCKET, SO_RCVBUF, receiveBufferBytes / 2);
  // More than the system's limit, where we may.
  if (receiveBufferBytes > kLegBufferBytes) setOption(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, receiveBufferBytes / 2);
  setOption(descriptor, SOL_SOCKET, SO_TIMESTAMPNS, 1);
  if (::bind(descriptor, local.raw(), local.size()) != 0) return bindFailure(errno, "UDP", local);
  return socket;
}

std::variant<std::unique_ptr<StreamPort>, OpenFailure> UdpNetwork::listen(const Address& local) { return openTcpPort(local, readiness_); }

}  // namespace interconnect
