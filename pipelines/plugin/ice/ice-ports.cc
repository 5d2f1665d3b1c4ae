#include "ice/ice-ports.h"

#include "engine/failure.h"

namespace interconnect {
namespace {

/** Of all browsers together. */
constexpr int kReceiveBufferBytes = 4 * 1024 * 1024;

}  // namespace

std::shared_ptr<IcePort> IcePorts::use(const std::vector<Address>& locals) {
  auto& entry = open_[locals];
  if (auto port = entry.lock()) return port;
  std::vector<std::unique_ptr<Socket>> sockets;
  for (const Address& local : locals) {
    auto opened = network_.open(local, kReceiveBufferBytes);
    if (const auto* failure = std::get_if<OpenFailure>(&opened)) {
      throw Failure(failure->inUse ? "media.port-in-use" : "media.bad-request", failure->message);
    }
    sockets.push_back(std::move(std::get<std::unique_ptr<Socket>>(opened)));
  }
  auto port = std::make_shared<IcePort>(clock_, std::move(sockets), strangers_);
  entry = port;
  return port;
}

}  // namespace interconnect
