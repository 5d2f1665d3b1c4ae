#include "engine/flow.h"

namespace interconnect {
namespace {

std::optional<double> msSince(std::optional<Nanos> then, Nanos now) {
  if (!then) return std::nullopt;
  return static_cast<double>(now - *then) / kMillisecond;
}

}  // namespace

void writeFlow(JsonWriter& json, const Leg& leg, Nanos now) {
  const LegReceiver& receiver = leg.receiver();
  const FarEndReports& farEnd = leg.rtcp().farEnd();
  json.open('{').field("leg", leg.id());
  json.key("receives").boolean(leg.mayReceive()).key("sends").boolean(leg.maySend());
  json.field("received", receiver.statistics().packets());
  json.field("sinceReceivedMs", msSince(receiver.statistics().lastArrival(), now));
  json.field("sinceSoundMs", receiver.sinceSoundMs());
  json.field("sent", leg.sender().packets()).field("sendErrors", leg.sender().errors());
  json.field("sinceReportMs", msSince(farEnd.lastReport(), now));
  json.field("deafMs", msSince(farEnd.deafSince(), now));
  json.field("missed", farEnd.missed());
  json.close('}');
}

}  // namespace interconnect
