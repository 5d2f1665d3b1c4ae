#include "engine/parse-player.h"

#include "engine/failure.h"
#include "engine/parse-media.h"

namespace interconnect {
namespace {

constexpr size_t kMaxPlayerId = 64;
constexpr size_t kMaxDirectory = 4096;
constexpr size_t kMaxFile = 1024;
constexpr int64_t kMaxFadeMs = 1000;
constexpr int64_t kMaxMs = 6 * 3600 * 1000;

unsigned milliseconds(Fields& fields, const char* key, int64_t min, int64_t max, unsigned otherwise) {
  return fields.has(key) ? static_cast<unsigned>(fields.integer(key, min, max)) : otherwise;
}

PlayTo parseTo(Fields fields) {
  PlayTo to;
  if (fields.has("leg")) to = ToLeg{fields.string("leg", 1, kMaxLegId)};
  else to = ToSession{fields.string("session", 1, kMaxSessionId)};
  fields.refuseOthers();
  return to;
}

std::variant<PlayedFile, PlayedTone> parseSource(Fields fields) {
  const std::string kind = fields.string("kind", 1, 16);
  std::variant<PlayedFile, PlayedTone> source;
  if (kind == "file") {
    source = PlayedFile{fields.string("directory", 1, kMaxDirectory), fields.string("file", 1, kMaxFile)};
  } else if (kind == "tone") {
    HearsTone tone = parseTone(fields);
    source = PlayedTone{tone.frequencyHz, tone.secondFrequencyHz, tone.levelDbov, std::move(tone.cadenceMs)};
  } else {
    throw BadRequest(fields.name("kind") + " must be file or tone");
  }
  fields.refuseOthers();
  return source;
}

Under parseUnder(Fields& fields) {
  const std::string text = fields.string("under", 1, 16);
  if (text == "keep") return Under::Keep;
  if (text == "duck") return Under::Duck;
  if (text == "replace") return Under::Replace;
  throw BadRequest(fields.name("under") + " must be keep, duck or replace");
}

}  // namespace

StartPlayer parseStartPlayer(Fields& params) {
  StartPlayer start{parseTo(params.object("to")), {}};
  PlayerSpec& spec = start.spec;
  spec.player = params.string("player", 1, kMaxPlayerId);
  spec.source = parseSource(params.object("source"));
  if (params.has("levelDb")) spec.levelDb = params.number("levelDb", -60, 20);
  spec.fadeInMs = milliseconds(params, "fadeInMs", 0, kMaxFadeMs, spec.fadeInMs);
  spec.fadeOutMs = milliseconds(params, "fadeOutMs", 0, kMaxFadeMs, spec.fadeOutMs);
  if (params.has("loops")) spec.loops = static_cast<unsigned>(params.integer("loops", 0, 1000));
  if (params.has("under")) spec.under = parseUnder(params);
  if (params.has("duckDb")) spec.duckDb = params.number("duckDb", -60, 0);
  spec.maxMs = milliseconds(params, "maxMs", 20, kMaxMs, spec.maxMs);
  spec.waitMs = milliseconds(params, "waitMs", 0, 10'000, spec.waitMs);
  return start;
}

StopPlayer parseStopPlayer(Fields& params) {
  return {parseTo(params.object("to")), params.string("player", 1, kMaxPlayerId), milliseconds(params, "fadeOutMs", 0, kMaxFadeMs, 0)};
}

}  // namespace interconnect
