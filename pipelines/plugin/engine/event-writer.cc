#include "engine/event-writer.h"

#include "engine/json-writer.h"
#include "engine/leg-stats.h"

namespace interconnect {
namespace {

JsonWriter begin(const char* event, const std::string& leg) {
  JsonWriter json;
  json.open('{').field("event", event).key("params").open('{').field("leg", leg);
  return json;
}

JsonWriter beginPlayer(const char* event, const std::string& player) {
  JsonWriter json;
  json.open('{').field("event", event).key("params").open('{').field("player", player);
  return json;
}

std::string end(JsonWriter& json) { return json.close('}').close('}').take(); }

}  // namespace

void EventWriter::rtpStarted(const std::string& leg, const Address& from, uint32_t ssrc, uint8_t payloadType) {
  JsonWriter json = begin("leg.rtp-started", leg);
  json.key("from");
  writeEndpoint(json, from);
  json.field("ssrc", ssrc).field("payloadType", static_cast<uint32_t>(payloadType));
  output_(end(json));
}

void EventWriter::digit(const std::string& leg, const Digit& digit) {
  JsonWriter json = begin("leg.digit", leg);
  json.field("digit", std::string_view(&digit.digit, 1)).field("durationMs", digit.durationMs).field("source", nameOf(digit.source));
  output_(end(json));
}

void EventWriter::digitsSent(const std::string& leg) {
  JsonWriter json = begin("leg.digits-sent", leg);
  output_(end(json));
}

void EventWriter::secured(const std::string& leg, SrtpSuite suite) {
  JsonWriter json = begin("leg.secured", leg);
  json.field("suite", factsOf(suite).name);
  output_(end(json));
}

void EventWriter::dtlsClosed(const std::string& leg) {
  JsonWriter json = begin("leg.dtls-closed", leg);
  output_(end(json));
}

void EventWriter::iceChanged(const std::string& leg, const std::optional<Address>& remote) {
  JsonWriter json = begin("leg.ice", leg);
  json.field("state", remote ? "connected" : "disconnected").key("remote");
  if (remote) writeEndpoint(json, *remote);
  else json.null();
  output_(end(json));
}

void EventWriter::playerStarted(const std::string& player) {
  JsonWriter json = beginPlayer("player.started", player);
  output_(end(json));
}

void EventWriter::playerEnded(const std::string& player, PlayerEndReason reason, double playedMs, const SourceFailure* failure) {
  JsonWriter json = beginPlayer("player.ended", player);
  json.field("reason", nameOf(reason)).field("playedMs", playedMs);
  if (failure != nullptr) json.field("code", failure->code).field("message", failure->message);
  output_(end(json));
}

void EventWriter::failed(const std::string& leg, const char* code, const std::string& message) {
  JsonWriter json = begin("leg.failed", leg);
  json.field("code", code).field("message", message);
  output_(end(json));
}

}  // namespace interconnect
