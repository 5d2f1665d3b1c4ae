#pragma once
#include "engine/json-writer.h"
#include "engine/leg.h"

namespace interconnect {

/** `LegStats` of protocol.ts; null where nothing has been measured. */
void writeLegStats(JsonWriter& json, const Leg& leg, Nanos now);
/** The same of a leg that closes, with its quality over the whole call. */
void writeLastStats(JsonWriter& json, Leg& leg, Nanos now);
/** `Endpoint` of protocol.ts. */
void writeEndpoint(JsonWriter& json, const Address& address);

}  // namespace interconnect
