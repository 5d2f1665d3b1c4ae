#include "net/simulated-stream.h"

#include <algorithm>

namespace interconnect {

void SimulatedConnection::write(Span bytes) {
  if (closed_) return;
  waiting_.insert(waiting_.end(), bytes.data, bytes.data + bytes.size);
  tell();
}

void SimulatedConnection::close() {
  over_ = true;
  tell();
}

/** For as long as somebody wants to hear of it. */
void SimulatedConnection::tell() {
  while (listener_ != nullptr && (over_ || !waiting_.empty())) listener_->readable();
}

SimulatedStream::~SimulatedStream() {
  connection_->closed_ = true;
  connection_->listener_ = nullptr;
}

std::optional<size_t> SimulatedStream::receive(uint8_t* room, size_t size) {
  auto& waiting = connection_->waiting_;
  if (waiting.empty() && connection_->over_) return std::nullopt;
  const size_t count = std::min(size, waiting.size());
  std::copy_n(waiting.begin(), count, room);
  waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(count));
  return count;
}

std::optional<size_t> SimulatedStream::send(Span head, Span body) {
  if (connection_->over_) return std::nullopt;
  size_t took = 0;
  for (const Span& part : {head, body}) {
    const size_t count = std::min(part.size, connection_->room);
    connection_->received.insert(connection_->received.end(), part.data, part.data + count);
    connection_->room -= count;
    took += count;
  }
  return took;
}

bool SimulatedStream::watch(ReadableListener* listener) {
  // Whoever is told may close it.
  const auto connection = connection_;
  connection->listener_ = listener;
  connection->tell();
  return true;
}

}  // namespace interconnect
