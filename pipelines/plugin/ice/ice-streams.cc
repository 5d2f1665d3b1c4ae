#include "ice/ice-streams.h"

#include <cstring>

namespace interconnect {
namespace {

bool ofOneNetwork(const Address& a, const Address& b) {
  constexpr size_t kSubnetBytes = 8;
  if (a.family() != AF_INET6) return a.sameHost(b);
  return b.family() == AF_INET6 && std::memcmp(a.hostBytes(), b.hostBytes(), kSubnetBytes) == 0;
}

}  // namespace

IceStreams::IceStreams(const Clock& clock, std::vector<std::unique_ptr<StreamPort>> ports, size_t firstSocket, IceStreamListener& listener,
                       IceStreamCounts& counts)
    : clock_(clock), listener_(listener), counts_(counts) {
  for (auto& port : ports) {
    doors_.push_back(std::make_unique<Door>(*this, std::move(port), firstSocket + doors_.size()));
    (void)doors_.back()->port->watch(doors_.back().get());
  }
}

IceStreams::~IceStreams() { counts_.open -= connections_.size(); }

void IceStreams::accept(Door& door) {
  const Nanos now = clock_.now();
  for (size_t accepted = 0; accepted < kMaxAccepted; accepted++) {
    auto stream = door.port->accept();
    if (!stream) {
      door.closedUntil = now + kOutOfDescriptors;
      break;
    }
    if (*stream == nullptr) return;
    admit(std::move(*stream), door.socket);
  }
  if (door.closedUntil <= now) door.closedUntil = now + kTurn;
  (void)door.port->watch(nullptr);
}

void IceStreams::admit(std::unique_ptr<Stream> stream, size_t socket) {
  size_t ofNetwork = 0;
  size_t waiting = 0;
  size_t waitingOfNetwork = 0;
  IceConnection* longest = nullptr;
  IceConnection* longestOfNetwork = nullptr;
  for (const auto& [path, connection] : connections_) {
    const bool same = ofOneNetwork(stream->remote(), path.remote);
    ofNetwork += same ? 1 : 0;
    if (connection->proven() || connection->over()) continue;
    waiting++;
    if (longest == nullptr || connection->openedAt() < longest->openedAt()) longest = connection.get();
    if (!same) continue;
    waitingOfNetwork++;
    if (longestOfNetwork == nullptr || connection->openedAt() < longestOfNetwork->openedAt()) longestOfNetwork = connection.get();
  }
  const IcePath path{socket, stream->remote()};
  if (connections_.size() >= kMaxConnections || ofNetwork >= kMaxOfNetwork || connections_.count(path) != 0) {
    counts_.refused++;
    return;
  }
  if (waitingOfNetwork >= kMaxWaitingOfNetwork) refuse(*longestOfNetwork);
  else if (waiting >= kMaxWaiting) refuse(*longest);
  IceConnectionOwner& owner = *this;
  auto& entry = connections_[path] = std::make_unique<IceConnection>(owner, std::move(stream), path, clock_.now());
  counts_.open++;
  entry->goOn();
}

void IceStreams::refuse(IceConnection& connection) {
  counts_.refused++;
  connection.end();
}

void IceStreams::readable(IceConnection& connection) {
  connection.read(room_.data(), room_.size());
  listener_.taken();
}

bool IceStreams::take(IceConnection& connection, Span packet) {
  const Nanos now = clock_.now();
  if (listener_.take({packet, connection.path().remote, now}, connection.path())) connection.checked(now);
  else if (!connection.proven()) refuse(connection);
  return !connection.over();
}

Sent IceStreams::send(const IcePath& path, Span packet) {
  const auto found = connections_.find(path);
  return found == connections_.end() ? Sent::Failed : found->second->send(packet);
}

void IceStreams::close(const IcePath& path) {
  const auto found = connections_.find(path);
  if (found != connections_.end()) found->second->end();
}

bool IceStreams::tooLate(const IceConnection& connection, Nanos now) const {
  return connection.proven() ? now - connection.checkedAt() > kIdleLimit : now - connection.openedAt() > kProofLimit;
}

void IceStreams::tick(Nanos now) {
  if (now < nextTurn_) return;
  nextTurn_ = now + kTurn;
  for (auto at = connections_.begin(); at != connections_.end();) {
    IceConnection& connection = *at->second;
    if (!connection.over() && tooLate(connection, now)) {
      if (connection.proven()) connection.end();
      else refuse(connection);
    }
    connection.goOn();
    if (!connection.over()) {
      ++at;
      continue;
    }
    const IcePath path = at->first;
    at = connections_.erase(at);
    counts_.open--;
    listener_.lost(path);
  }
  for (const auto& door : doors_) {
    if (door->closedUntil == 0 || now < door->closedUntil) continue;
    door->closedUntil = 0;
    (void)door->port->watch(door.get());
  }
}

}  // namespace interconnect
