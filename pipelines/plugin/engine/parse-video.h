#pragma once
#include "engine/json-fields.h"
#include "engine/leg-settings.h"

namespace interconnect {

/** `receiveVideo`, `sendVideo`, `sees` and `seesSize` of leg.open and leg.update. @throws BadRequest */
void parseVideo(Fields& fields, MediaChange& change);

}  // namespace interconnect
