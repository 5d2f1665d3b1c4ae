#pragma once
#include "engine/command.h"

namespace interconnect {

/** Parameters of player.start and player.stop. @throws BadRequest */
StartPlayer parseStartPlayer(Fields& params);
StopPlayer parseStopPlayer(Fields& params);

}  // namespace interconnect
