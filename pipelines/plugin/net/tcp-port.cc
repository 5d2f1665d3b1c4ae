#include "net/tcp-port.h"

#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "net/socket-option.h"

namespace interconnect {
namespace {

/** Who wait to be accepted; the kernel refuses the others. */
constexpr int kBacklog = 128;
/** Of one connection, doubled by the kernel: 4 Mbit/s on a way of half a second. */
constexpr int kSendBufferBytes = 128 * 1024;
constexpr int kReceiveBufferBytes = 64 * 1024;
/** What is not even on its way: a key frame of video fits; more would only be heard late. */
constexpr int kUnsentBytes = 32 * 1024;

/** A descriptor that is watched for one listener at a time, and closed in the end. */
class Watched {
 public:
  Watched(int descriptor, Readiness& readiness) : descriptor_(descriptor), readiness_(readiness) {}
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;
  ~Watched() {
    watch(nullptr);
    ::close(descriptor_);
  }
  int descriptor() const { return descriptor_; }
  bool watch(ReadableListener* listener) {
    if (listener_ != nullptr) readiness_.remove(descriptor_, *listener_);
    listener_ = listener != nullptr && readiness_.add(descriptor_, *listener) ? listener : nullptr;
    return listener_ == listener;
  }

 private:
  const int descriptor_;
  Readiness& readiness_;
  ReadableListener* listener_ = nullptr;
};

bool isPause(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

class TcpStream final : public Stream {
 public:
  TcpStream(int descriptor, const Address& remote, Readiness& readiness) : descriptor_(descriptor, readiness), remote_(remote) {}

  const Address& remote() const override { return remote_; }

  std::optional<size_t> receive(uint8_t* room, size_t size) override {
    const ssize_t n = ::recv(descriptor_.descriptor(), room, size, MSG_DONTWAIT);
    if (n > 0) return static_cast<size_t>(n);
    return n < 0 && isPause(errno) ? std::optional<size_t>(0) : std::nullopt;
  }

  std::optional<size_t> send(Span head, Span body) override {
    std::array<iovec, 2> parts = {iovec{const_cast<uint8_t*>(head.data), head.size}, iovec{const_cast<uint8_t*>(body.data), body.size}};
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    const ssize_t n = ::sendmsg(descriptor_.descriptor(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n >= 0) return static_cast<size_t>(n);
    return isPause(errno) ? std::optional<size_t>(0) : std::nullopt;
  }

  bool watch(ReadableListener* listener) override { return descriptor_.watch(listener); }

 private:
  Watched descriptor_;
  const Address remote_;
};

class TcpPort final : public StreamPort {
 public:
  TcpPort(int descriptor, Readiness& readiness) : descriptor_(descriptor, readiness), readiness_(readiness) {}

  std::optional<std::unique_ptr<Stream>> accept() override {
    sockaddr_storage from{};
    socklen_t size = sizeof from;
    const int descriptor = ::accept4(descriptor_.descriptor(), reinterpret_cast<sockaddr*>(&from), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor >= 0) return std::make_unique<TcpStream>(descriptor, Address::from(from), readiness_);
    const bool noRoom = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
    return noRoom ? std::nullopt : std::optional(std::unique_ptr<Stream>());
  }

  bool watch(ReadableListener* listener) override { return descriptor_.watch(listener); }

 private:
  Watched descriptor_;
  Readiness& readiness_;
};

}  // namespace

std::variant<std::unique_ptr<StreamPort>, OpenFailure> openTcpPort(const Address& local, Readiness& readiness) {
  const int descriptor = ::socket(local.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return bindFailure(errno, "TCP", local);
  auto port = std::make_unique<TcpPort>(descriptor, readiness);
  // Connections inherit all of it.
  setTrafficClass(descriptor, local.family());
  // Those of before are still remembered when the first browser comes again.
  setOption(descriptor, SOL_SOCKET, SO_REUSEADDR, 1);
  setOption(descriptor, SOL_SOCKET, SO_SNDBUF, kSendBufferBytes);
  setOption(descriptor, SOL_SOCKET, SO_RCVBUF, kReceiveBufferBytes);
  setOption(descriptor, IPPROTO_TCP, TCP_NODELAY, 1);
  setOption(descriptor, IPPROTO_TCP, TCP_NOTSENT_LOWAT, kUnsentBytes);
  if (::bind(descriptor, local.raw(), local.size()) != 0 || ::listen(descriptor, kBacklog) != 0) return bindFailure(errno, "TCP", local);
  return port;
}

}  // namespace interconnect
