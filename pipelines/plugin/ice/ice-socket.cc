#include "ice/ice-socket.h"

#include <algorithm>

#include "engine/failure.h"

namespace interconnect {

IceSocket::IceSocket(std::shared_ptr<IcePort> port, IceCredentials own) : port_(std::move(port)), agent_(std::move(own)) {
  if (!port_->add(agent_.own().ufrag, *this)) throw Failure("media.bad-request", "another leg of the port has this ufrag");
}

IceSocket::~IceSocket() {
  watch(nullptr);
  port_->remove(agent_.own().ufrag);
  if (!formerUfrag_.empty()) port_->remove(formerUfrag_);
  port_->forget(*this);
  release();
  while (waiting_ > 0) port_->packets().giveBack(takeFirst());
}

Address IceSocket::farEnd() { return *Address::parse("0.0.0.0", 9); }

std::optional<Address> IceSocket::remote() const {
  return agent_.selected() ? std::optional(agent_.selected()->remote) : std::nullopt;
}

void IceSocket::restart(IceCredentials own) {
  if (own == agent_.own()) return;
  if (!port_->add(own.ufrag, *this)) throw Failure("media.bad-request", "another leg of the port has this ufrag");
  if (!formerUfrag_.empty()) port_->remove(formerUfrag_);
  formerUfrag_ = agent_.own().ufrag;
  agent_.restart(std::move(own));
}

void IceSocket::checked() {
  if (formerUfrag_.empty() || agent_.former()) return;
  port_->remove(formerUfrag_);
  formerUfrag_.clear();
}

bool IceSocket::put(const Datagram& datagram) {
  if (waiting_ == kMaxWaiting) return false;
  auto packet = port_->packets().copy(datagram.bytes, datagram.arrival);
  if (!packet) return false;
  if (waiting_ == ring_.size()) grow();
  ring_[(head_ + waiting_++) % ring_.size()] = std::move(packet);
  if (listener_ == nullptr || woken_) return false;
  woken_ = true;
  return true;
}

void IceSocket::grow() {
  std::vector<std::unique_ptr<Packet>> larger(std::max(size_t{8}, 2 * ring_.size()));
  for (size_t i = 0; i < waiting_; i++) larger[i] = std::move(ring_[(head_ + i) % ring_.size()]);
  ring_ = std::move(larger);
  head_ = 0;
}

std::unique_ptr<Packet> IceSocket::takeFirst() {
  auto first = std::move(ring_[head_]);
  head_ = (head_ + 1) % ring_.size();
  waiting_--;
  return first;
}

void IceSocket::tell() {
  woken_ = false;
  if (listener_ != nullptr) listener_->readable();
}

void IceSocket::release() {
  for (auto& packet : given_) {
    if (packet) port_->packets().giveBack(std::move(packet));
  }
}

size_t IceSocket::receive(Datagram* out) {
  release();
  if (waiting_ == 0) {
    port_->look();
    // Looking tells the leg, which reads meanwhile.
    release();
  }
  size_t count = 0;
  for (; count < kBatch && waiting_ > 0; count++) {
    given_[count] = takeFirst();
    const Packet& packet = *given_[count];
    out[count] = {{packet.bytes.data(), packet.size}, farEnd(), packet.arrival};
  }
  return count;
}

Sent IceSocket::send(const Address&, Span datagram) {
  return agent_.selected() ? port_->send(*agent_.selected(), datagram) : Sent::Failed;
}

bool IceSocket::watch(ReadableListener* listener) {
  const bool wanted = listener != nullptr;
  if (wanted != (listener_ != nullptr)) port_->watch(wanted);
  listener_ = listener;
  // What has come while nobody listened.
  if (wanted && waiting_ > 0) listener_->readable();
  return true;
}

}  // namespace interconnect
