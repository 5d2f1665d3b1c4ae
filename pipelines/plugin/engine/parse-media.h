#pragma once
#include "engine/json-fields.h"
#include "engine/leg-settings.h"

namespace interconnect {

constexpr size_t kMaxLegId = 64;
constexpr size_t kMaxSessionId = 256;

/** `local` of leg.open. @throws BadRequest */
LocalPorts parseLocalPorts(Fields fields);
/** `former` of leg.open. @throws BadRequest */
FormerFarEnd parseFormer(Fields fields);
/** The keys that leg.open and leg.update share. @throws BadRequest */
MediaChange parseMediaChange(Fields& fields);
/** Keys of a tone among those of `fields`. */
HearsTone parseTone(Fields& fields);

}  // namespace interconnect
