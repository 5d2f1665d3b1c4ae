#pragma once
#include "engine/command.h"
#include "engine/legs.h"
#include "player/file-readers.h"

namespace interconnect {

/** Starts and stops announcements and tones in legs and sessions, which own them from then on. */
class Players {
 public:
  Players(PlayerListener& listener, FilePace pace) : listener_(listener), readers_(pace) {}

  /**
   * @throws Failure media.leg-unknown, media.session-unknown, media.not-mixed, media.player-exists,
   *   media.too-many-players
   */
  void start(Legs& legs, const StartPlayer& command);
  /** @throws Failure media.leg-unknown, media.session-unknown, media.player-unknown */
  void stop(Legs& legs, const StopPlayer& command);

 private:
  std::unique_ptr<Player> make(const PlayerSpec& spec, uint32_t rate);

  PlayerListener& listener_;
  FileReaders readers_;
};

}  // namespace interconnect
