#include "ice/ice-agent.h"

#include <algorithm>
#include <utility>

namespace interconnect {

void IceAgent::restart(IceCredentials own) {
  if (own == own_) return;
  former_ = std::exchange(own_, std::move(own));
}

const IceCredentials* IceAgent::provenBy(const StunMessage& request, Span datagram) const {
  const bool current = own_.named(request.username);
  if (!current && !(former_ && former_->named(request.username))) return nullptr;
  const IceCredentials& credentials = current ? own_ : *former_;
  return stunProven(request, datagram, credentials.password) ? &credentials : nullptr;
}

std::optional<StunAnswer> IceAgent::check(const StunMessage& request, Span datagram, const IcePath& path, Nanos now) {
  const IceCredentials* credentials = provenBy(request, datagram);
  if (credentials == nullptr) return std::nullopt;
  if (request.unknownCount > 0) return StunAnswer::unknownAttributes(request, credentials->password);
  if (request.controlled) return StunAnswer::roleConflict(request, credentials->password);
  const auto answer = StunAnswer::success(request, path.remote, credentials->password);
  switch (history_.take(request.transaction, path)) {
    case CheckHistory::Check::Replayed: return std::nullopt;
    case CheckHistory::Check::Repeated: return answer;
    case CheckHistory::Check::New: break;
  }
  checkedAt_ = now;
  prove(path);
  const bool restarted = former_ && credentials == &own_;
  if (restarted) nominated_ = false;
  if (request.useCandidate || !selected_ || (restarted && !nominated_)) selected_ = path;
  nominated_ = nominated_ || request.useCandidate;
  if (restarted) {
    former_.reset();
    history_.clear();
  }
  return answer;
}

void IceAgent::prove(const IcePath& path) {
  const auto known = std::find(paths_.begin(), paths_.end(), path);
  if (known != paths_.end()) paths_.erase(known);
  paths_.push_back(path);
  if (paths_.size() <= kMaxPaths) return;
  const bool oldestIsSelected = selected_ && paths_.front() == *selected_;
  paths_.erase(paths_.begin() + (oldestIsSelected ? 1 : 0));
}

void IceAgent::lose(const IcePath& path) {
  paths_.erase(std::remove(paths_.begin(), paths_.end(), path), paths_.end());
  if (selected_ == path) selected_.reset();
}

std::optional<IceAgent::Change> IceAgent::takeChange(Nanos now) {
  const bool heard = selected_ && now - checkedAt_ < kConsent;
  const std::optional<Address> remote = heard ? std::optional(selected_->remote) : std::nullopt;
  if (remote == told_) return std::nullopt;
  told_ = remote;
  return Change{remote};
}

}  // namespace interconnect
