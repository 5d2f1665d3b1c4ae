#include "ice/check-history.h"

#include <algorithm>

namespace interconnect {

CheckHistory::Check CheckHistory::take(const StunTransaction& transaction, const IcePath& path) {
  const uint32_t here = digest(path);
  const auto same = [&](const Seen& seen) { return seen.transaction == transaction; };
  if (const auto found = std::find_if(checks_.begin(), checks_.end(), same); found != checks_.end()) {
    return found->path == here ? Check::Repeated : Check::Replayed;
  }
  if (checks_.size() < kMaxChecks) {
    oldest_ = 0;
    checks_.push_back({transaction, here});
  } else {
    checks_[oldest_] = {transaction, here};
    oldest_ = (oldest_ + 1) % kMaxChecks;
  }
  return Check::New;
}

/** FNV-1a: who knows no password cannot choose what is compared. */
uint32_t CheckHistory::digest(const IcePath& path) {
  uint32_t hash = 2166136261;
  const auto add = [&](uint8_t byte) { hash = (hash ^ byte) * 16777619; };
  add(static_cast<uint8_t>(path.socket));
  add(static_cast<uint8_t>(path.remote.port() >> 8));
  add(static_cast<uint8_t>(path.remote.port()));
  const auto* host = static_cast<const uint8_t*>(path.remote.hostBytes());
  const size_t size = path.remote.family() == AF_INET ? 4 : 16;
  for (size_t i = 0; i < size; i++) add(host[i]);
  return hash;
}

}  // namespace interconnect
