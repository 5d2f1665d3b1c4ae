#pragma once
#include "player/player.h"

namespace interconnect {

/** What players have to tell: the events of protocol.ts. Called in the loop's thread. */
class PlayerListener {
 public:
  virtual void playerStarted(const std::string& player) = 0;
  /** @param failure null unless the reason is Failed */
  virtual void playerEnded(const std::string& player, PlayerEndReason reason, double playedMs, const SourceFailure* failure) = 0;

 protected:
  ~PlayerListener() = default;
};

}  // namespace interconnect
