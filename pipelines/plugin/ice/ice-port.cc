#include "ice/ice-port.h"

#include <algorithm>

#include "ice/ice-socket.h"

namespace interconnect {

IcePort::IcePort(const Clock& clock, std::vector<std::unique_ptr<Socket>> sockets, std::vector<std::unique_ptr<StreamPort>> streams,
                 Counts& counts)
    : clock_(clock),
      sockets_(std::move(sockets)),
      streams_(clock, std::move(streams), sockets_.size(), *this, counts.streams),
      counts_(counts) {}

IcePort::~IcePort() = default;

bool IcePort::add(const std::string& ufrag, IceSocket& leg) { return ufrags_.emplace(ufrag, &leg).second; }

void IcePort::remove(const std::string& ufrag) { ufrags_.erase(ufrag); }

void IcePort::forget(const IceSocket& leg) {
  for (auto entry = paths_.begin(); entry != paths_.end();) entry = entry->second == &leg ? giveUp(entry) : std::next(entry);
  woken_.erase(std::remove(woken_.begin(), woken_.end(), &leg), woken_.end());
}

IcePort::Paths::iterator IcePort::giveUp(Paths::iterator entry) {
  streams_.close(entry->first);
  return paths_.erase(entry);
}

void IcePort::lost(const IcePath& path) {
  const auto known = paths_.find(path);
  if (known == paths_.end()) return;
  known->second->agent().lose(path);
  paths_.erase(known);
}

void IcePort::watch(bool wanted) {
  const size_t before = watchers_;
  watchers_ += wanted ? 1 : size_t(-1);
  if ((before == 0) == (watchers_ == 0)) return;
  for (const auto& socket : sockets_) socket->watch(watchers_ > 0 ? this : nullptr);
}

void IcePort::look() {
  // What is read as it comes has been read.
  if (watchers_ == 0) drain();
}

void IcePort::drain() {
  // A leg that is told of something reads, which brings it here again.
  if (draining_) return;
  draining_ = true;
  size_t taken = 0;
  for (size_t i = 0; i < sockets_.size(); i++) taken += drain(i);
  draining_ = false;
  watchCrowd(taken);
  tell();
}

void IcePort::watchCrowd(size_t taken) {
  const Nanos now = clock_.now();
  const bool before = crowdedUntil_ != 0;
  if (taken >= kCrowd) crowdedUntil_ = now + kSecond;
  else if (now >= crowdedUntil_) crowdedUntil_ = 0;
  if (before != (crowdedUntil_ != 0)) watch(!before);
}

size_t IcePort::drain(size_t socket) {
  size_t taken = 0;
  std::array<Datagram, Socket::kBatch> batch;
  for (size_t batches = 0; batches < kMaxBatches; batches++) {
    const size_t n = sockets_[socket]->receive(batch.data());
    for (size_t k = 0; k < n; k++) (void)take(batch[k], {socket, batch[k].from});
    taken += n;
    if (n < batch.size()) break;
  }
  return taken;
}

bool IcePort::take(const Datagram& datagram, const IcePath& path) {
  if (isStun(datagram.bytes)) return check(path, datagram);
  const auto known = paths_.find(path);
  if (known == paths_.end()) {
    counts_.strangers++;
    return false;
  }
  if (known->second->put(datagram)) woken_.push_back(known->second);
  return false;
}

/** Whose ufrag a USERNAME begins with; nullptr: nobody's. */
IceSocket* IcePort::find(std::string_view username) const {
  const auto colon = username.find(':');
  if (colon == std::string_view::npos) return nullptr;
  const auto named = ufrags_.find(std::string(username.substr(0, colon)));
  return named == ufrags_.end() ? nullptr : named->second;
}

/** Whether it was answered. */
bool IcePort::check(const IcePath& path, const Datagram& datagram) {
  const auto request = parseStun(datagram.bytes);
  // Indications keep NATs open and need no answer (RFC 8445 §11).
  if (request && request->type == kStunBindingIndication) return false;
  IceSocket* named = request && request->type == kStunBindingRequest ? find(request->username) : nullptr;
  const auto answer = named != nullptr ? named->agent().check(*request, datagram.bytes, path, clock_.now()) : std::nullopt;
  if (!answer) {
    counts_.strangers++;
    return false;
  }
  IceSocket& leg = *named;
  (void)send(path, answer->bytes());
  leg.checked();
  const auto& proven = leg.agent().paths();
  if (std::find(proven.begin(), proven.end(), path) == proven.end()) return true;
  auto [entry, isNew] = paths_.emplace(path, &leg);
  if (!isNew && entry->second != &leg) entry->second->agent().lose(path);
  entry->second = &leg;
  // What the leg gave up for it.
  if (isNew && proven.size() == IceAgent::kMaxPaths) {
    for (auto at = paths_.begin(); at != paths_.end();) {
      const bool stale = at->second == &leg && std::find(proven.begin(), proven.end(), at->first) == proven.end();
      at = stale ? giveUp(at) : std::next(at);
    }
  }
  return true;
}

void IcePort::tell() {
  // Who is told may go, and takes itself off the list.
  while (!woken_.empty()) {
    IceSocket* leg = woken_.back();
    woken_.pop_back();
    leg->tell();
  }
}

}  // namespace interconnect
