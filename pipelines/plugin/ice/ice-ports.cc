#include "ice/ice-ports.h"

#include <variant>

#include "engine/failure.h"

namespace interconnect {
namespace {

/** Of all browsers together. */
constexpr int kReceiveBufferBytes = 4 * 1024 * 1024;

template <class T>
T required(std::variant<T, OpenFailure> opened) {
  if (const auto* failure = std::get_if<OpenFailure>(&opened)) {
    throw Failure(failure->inUse ? "media.port-in-use" : "media.bad-request", failure->message);
  }
  return std::move(std::get<T>(opened));
}

}  // namespace

std::shared_ptr<IcePort> IcePorts::use(const std::vector<Address>& locals, std::optional<uint16_t> tcpPort) {
  auto& entry = open_[{locals, tcpPort}];
  if (auto port = entry.lock()) return port;
  std::vector<std::unique_ptr<Socket>> sockets;
  std::vector<std::unique_ptr<StreamPort>> streams;
  for (const Address& local : locals) {
    sockets.push_back(required(network_.open(local, kReceiveBufferBytes)));
    if (tcpPort) streams.push_back(required(network_.listen(local.withPort(*tcpPort))));
  }
  auto port = std::make_shared<IcePort>(clock_, std::move(sockets), std::move(streams), counts_);
  entry = port;
  return port;
}

}  // namespace interconnect
