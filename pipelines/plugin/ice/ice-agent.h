#pragma once
#include <optional>
#include <vector>

#include "clock/nanos.h"
#include "ice/check-history.h"
#include "ice/ice-credentials.h"
#include "ice/ice-path.h"
#include "ice/stun-answer.h"

namespace interconnect {

/**
 * One leg's lite agent (RFC 8445 §2.5): it answers checks, believes those that prove the password, and sends to what the
 * far end nominates (before that, to what was proven first).
 *
 *     none ──check──▶ connected ◀──check── disconnected
 *                         └──no check for 15 s──▶
 */
class IceAgent {
 public:
  /** RFC 7675 §5.1 asks for a check every 5 s or so, and ends consent after 30; a browser that sends none for so long is gone. */
  static constexpr Nanos kConsent = 15 * kSecond;
  /** Who proves more paths gives up the one heard of longest ago. */
  static constexpr size_t kMaxPaths = 8;

  explicit IceAgent(IceCredentials own) : own_(std::move(own)) {}

  /** ICE restart (RFC 8445 §9): the former credentials count until there is a check with these. */
  void restart(IceCredentials own);
  const IceCredentials& own() const { return own_; }
  const std::optional<IceCredentials>& former() const { return former_; }

  /** A binding request that names us; nothing when it proves nothing, or was recorded on another path. */
  std::optional<StunAnswer> check(const StunMessage& request, Span datagram, const IcePath& path, Nanos now);
  /** All that were proven and not given up. */
  const std::vector<IcePath>& paths() const { return paths_; }
  /** Another leg has proven it since. */
  void lose(const IcePath& path);
  const std::optional<IcePath>& selected() const { return selected_; }

  struct Change {
    /** Nothing: disconnected. */
    std::optional<Address> remote;
  };
  /** What was not told yet. */
  std::optional<Change> takeChange(Nanos now);

 private:
  const IceCredentials* provenBy(const StunMessage& request, Span datagram) const;
  void prove(const IcePath& path);

  IceCredentials own_;
  std::optional<IceCredentials> former_;
  CheckHistory history_;
  /** The one proven last is the last. */
  std::vector<IcePath> paths_;
  std::optional<IcePath> selected_;
  bool nominated_ = false;
  Nanos checkedAt_ = 0;
  /** What the listener believes. */
  std::optional<Address> told_;
};

}  // namespace interconnect
