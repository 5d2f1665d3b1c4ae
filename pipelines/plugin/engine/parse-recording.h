#pragma once
#include "engine/command.h"

namespace interconnect {

/** @throws BadRequest */
StartRecording parseStartRecording(Fields& params);
/** @throws BadRequest */
ChooseRecorded parseChooseRecorded(Fields& params);
/** It becomes the name of a folder, so it can be no path. @throws BadRequest */
std::string parseRecordingId(Fields& params);

}  // namespace interconnect
