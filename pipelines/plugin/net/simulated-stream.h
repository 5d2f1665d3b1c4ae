#pragma once
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <vector>

#include "net/network.h"
#include "net/stream.h"

namespace interconnect {

/** A TCP connection in memory, as the far end has it in hand. */
class SimulatedConnection {
 public:
  explicit SimulatedConnection(const Address& from) : from_(from) {}

  /** All of it arrives at once. */
  void write(Span bytes);
  void close();
  /** Whether the box has. */
  bool closed() const { return closed_; }
  /** What the box has sent, for the far end to take away. */
  std::vector<uint8_t> received;
  /** How many bytes more the box can send. */
  size_t room = std::numeric_limits<size_t>::max();

 private:
  friend class SimulatedStream;
  void tell();

  const Address from_;
  std::deque<uint8_t> waiting_;
  bool over_ = false;
  bool closed_ = false;
  ReadableListener* listener_ = nullptr;
};

/** The box's end of it. */
class SimulatedStream final : public Stream {
 public:
  explicit SimulatedStream(std::shared_ptr<SimulatedConnection> connection) : connection_(std::move(connection)) {}
  ~SimulatedStream() override;
  const Address& remote() const override { return connection_->from_; }
  std::optional<size_t> receive(uint8_t* room, size_t size) override;
  std::optional<size_t> send(Span head, Span body) override;
  bool watch(ReadableListener* listener) override;

 private:
  const std::shared_ptr<SimulatedConnection> connection_;
};

}  // namespace interconnect
