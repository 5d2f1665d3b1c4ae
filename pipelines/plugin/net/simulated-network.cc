#include "net/simulated-network.h"

#include <array>

namespace interconnect {
namespace {

/** About what a real socket's receive buffer holds of small packets. */
constexpr size_t kMaxWaiting = 300;

}  // namespace

class SimulatedNetwork::SimulatedSocket final : public Socket {
 public:
  SimulatedSocket(SimulatedNetwork& network, const Address& local) : network_(network), local_(local) {
    network_.sockets_[local_] = this;
  }
  ~SimulatedSocket() override { network_.sockets_.erase(local_); }

  size_t receive(Datagram* out) override {
    size_t count = 0;
    for (; count < kBatch && !waiting_.empty(); count++) {
      read_[count] = std::move(waiting_.front());
      waiting_.pop_front();
      const Waiting& w = read_[count];
      out[count] = {{w.bytes.data(), w.bytes.size()}, w.from, w.arrival};
    }
    return count;
  }

  Sent send(const Address& to, Span datagram) override {
    network_.onSent_(local_, to, datagram);
    return Sent::Ok;
  }

  bool watch(ReadableListener* listener) override {
    listener_ = listener;
    if (listener_ != nullptr && !waiting_.empty()) listener_->readable();
    return true;
  }

  bool put(const Address& from, Span datagram, Nanos arrival) {
    if (waiting_.size() >= kMaxWaiting) return false;
    waiting_.push_back({{datagram.data, datagram.data + datagram.size}, from, arrival});
    if (listener_ != nullptr) listener_->readable();
    return true;
  }

 private:
  struct Waiting {
    std::vector<uint8_t> bytes;
    Address from;
    Nanos arrival = 0;
  };
  SimulatedNetwork& network_;
  const Address local_;
  std::deque<Waiting> waiting_;
  std::array<Waiting, kBatch> read_;
  ReadableListener* listener_ = nullptr;
};

class SimulatedNetwork::SimulatedPort final : public StreamPort {
 public:
  SimulatedPort(SimulatedNetwork& network, const Address& local) : network_(network), local_(local) { network_.ports_[local_] = this; }
  ~SimulatedPort() override { network_.ports_.erase(local_); }

  std::optional<std::unique_ptr<Stream>> accept() override {
    if (waiting_.empty()) return std::unique_ptr<Stream>();
    auto stream = std::make_unique<SimulatedStream>(std::move(waiting_.front()));
    waiting_.pop_front();
    return stream;
  }

  bool watch(ReadableListener* listener) override {
    listener_ = listener;
    tell();
    return true;
  }

  void put(std::shared_ptr<SimulatedConnection> connection) {
    waiting_.push_back(std::move(connection));
    tell();
  }

 private:
  void tell() {
    while (listener_ != nullptr && !waiting_.empty()) listener_->readable();
  }

  SimulatedNetwork& network_;
  const Address local_;
  std::deque<std::shared_ptr<SimulatedConnection>> waiting_;
  ReadableListener* listener_ = nullptr;
};

SimulatedNetwork::SimulatedNetwork(const Clock& clock, Listener onSent) : clock_(clock), onSent_(std::move(onSent)) {}
SimulatedNetwork::~SimulatedNetwork() = default;

std::variant<std::unique_ptr<Socket>, OpenFailure> SimulatedNetwork::open(const Address& local, int) {
  if (sockets_.count(local) != 0) {
    return OpenFailure{true, "cannot bind " + local.host() + " port " + std::to_string(local.port()) + ": in use"};
  }
  return std::make_unique<SimulatedSocket>(*this, local);
}

std::variant<std::unique_ptr<StreamPort>, OpenFailure> SimulatedNetwork::listen(const Address& local) {
  if (ports_.count(local) != 0) {
    return OpenFailure{true, "cannot bind " + local.host() + " TCP port " + std::to_string(local.port()) + ": in use"};
  }
  return std::make_unique<SimulatedPort>(*this, local);
}

std::shared_ptr<SimulatedConnection> SimulatedNetwork::connect(const Address& from, const Address& to) {
  const auto found = ports_.find(to);
  if (found == ports_.end()) return nullptr;
  auto connection = std::make_shared<SimulatedConnection>(from);
  found->second->put(connection);
  return connection;
}

bool SimulatedNetwork::deliver(const Address& from, const Address& to, Span datagram) {
  const auto found = sockets_.find(to);
  return found != sockets_.end() && found->second->put(from, datagram, clock_.now());
}

}  // namespace interconnect
