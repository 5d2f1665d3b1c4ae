#include "engine/command.h"

#include "engine/failure.h"
#include "engine/parse-ice.h"
#include "engine/parse-media.h"
#include "engine/parse-player.h"
#include "engine/parse-recording.h"

namespace interconnect {
namespace {

constexpr int64_t kMaxId = int64_t{1} << 53;
constexpr size_t kMaxDigits = 64;
/** A page takes a fraction of a millisecond of the loop. */
constexpr int64_t kMaxPage = 200;

std::string_view bounded(std::string_view line) {
  if (line.size() > kMaxLineBytes) throw BadRequest("the line is longer than " + std::to_string(kMaxLineBytes) + " bytes");
  return line;
}

std::string legId(Fields& params) { return params.string("leg", 1, kMaxLegId); }

/** A leg of a shared port is secured by DTLS and goes where ICE says. */
OpenLeg parseOpenIce(Fields& params, Fields ice) {
  IceLocal local = parseIceLocal(std::move(ice));
  OpenLeg open{legId(params), {local.locals.front(), local.locals.front()}, std::move(local), {}, parseMediaChange(params)};
  if (open.media.remote) throw BadRequest(params.name("remote") + " is what ICE finds out: it must not be given");
  if (!open.media.security || !std::holds_alternative<DtlsTerms>(*open.media.security)) {
    throw BadRequest(params.name("security") + " must be DTLS for a leg that is reached by ICE");
  }
  return open;
}

OpenLeg parseOpen(Fields& params) {
  Fields local = params.object("local");
  if (local.has("ice")) {
    Fields ice = local.object("ice");
    local.refuseOthers();
    return parseOpenIce(params, std::move(ice));
  }
  OpenLeg open{legId(params), parseLocalPorts(params.object("local")), {}, {}, parseMediaChange(params)};
  if (params.has("former")) open.former = parseFormer(params.object("former"));
  if (open.media.remote && !open.media.remote->isOf(open.local.rtp.family())) {
    throw BadRequest(params.name("remote") + " must be of the same address family as local");
  }
  return open;
}

UpdateLeg parseUpdate(Fields& params) {
  UpdateLeg update{legId(params), {}, parseMediaChange(params)};
  if (params.has("ice")) update.ice = parseIceCredentials(params.object("ice"));
  return update;
}

template <class Ask>
Ask parsePage(Fields& params) {
  Ask ask{"", static_cast<size_t>(kMaxPage)};
  if (params.has("after")) ask.after = params.string("after", 1, kMaxLegId);
  if (params.has("limit")) ask.limit = static_cast<size_t>(params.integer("limit", 1, kMaxPage));
  return ask;
}

SendDigits parseSendDigits(Fields& params) {
  SendDigits send{legId(params), params.string("digits", 1, kMaxDigits), 100, 100, DigitSource::Rfc4733};
  if (send.digits.find_first_not_of("0123456789ABCD*#p") != std::string::npos) {
    throw BadRequest(params.name("digits") + " must consist of 0-9, A-D, *, # and p");
  }
  if (params.has("digitMs")) send.digitMs = static_cast<unsigned>(params.integer("digitMs", 40, 5000));
  if (params.has("gapMs")) send.gapMs = static_cast<unsigned>(params.integer("gapMs", 40, 5000));
  if (params.has("way")) {
    const std::string way = params.string("way", 1, 16);
    if (way == nameOf(DigitSource::Inband)) send.way = DigitSource::Inband;
    else if (way != nameOf(DigitSource::Rfc4733)) throw BadRequest(params.name("way") + " must be rfc4733 or inband");
  }
  return send;
}

Command parseParams(const std::string& method, Fields& params) {
  if (method == "ping") return Ping{};
  if (method == "dump") return Dump{};
  if (method == "reset") return Reset{};
  if (method == "stop") return Stop{};
  if (method == "leg.open") return parseOpen(params);
  if (method == "leg.update") return parseUpdate(params);
  if (method == "leg.stats") return AskStats{legId(params)};
  if (method == "legs.quality") return parsePage<AskQuality>(params);
  if (method == "legs.flow") return parsePage<AskFlow>(params);
  if (method == "leg.close") return CloseLeg{legId(params)};
  if (method == "leg.send-digits") return parseSendDigits(params);
  if (method == "player.start") return parseStartPlayer(params);
  if (method == "player.stop") return parseStopPlayer(params);
  if (method == "recording.start") return parseStartRecording(params);
  if (method == "recording.stop") return StopRecording{parseRecordingId(params)};
  if (method == "recording.choose") return parseChooseRecorded(params);
  throw BadRequest("method is not a command of the engine");
}

}  // namespace

Request::Request(std::string_view line)
    : document_(bounded(line)), fields_(document_.root(), ""), id_(fields_.integer("id", -kMaxId, kMaxId)) {}

Command Request::command() {
  const std::string method = fields_.string("method", 1, 64);
  Fields params = fields_.object("params");
  fields_.refuseOthers();
  Command command = parseParams(method, params);
  params.refuseOthers();
  return command;
}

}  // namespace interconnect
