#pragma once
#include "engine/json-fields.h"
#include "engine/leg-settings.h"

namespace interconnect {

/** `local.ice` of leg.open. @throws BadRequest */
IceLocal parseIceLocal(Fields fields);
/** Ours, as in `ice` of leg.update. @throws BadRequest, with a sentence that tells nothing of a password */
IceCredentials parseIceCredentials(Fields fields);

}  // namespace interconnect
