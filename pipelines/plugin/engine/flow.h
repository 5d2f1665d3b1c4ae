#pragma once
#include "engine/json-writer.h"
#include "engine/leg.h"

namespace interconnect {

/** `LegFlow` of protocol.ts: whether media runs, in both directions. */
void writeFlow(JsonWriter& json, const Leg& leg, Nanos now);

}  // namespace interconnect
