#include "engine/parse-recording.h"

#include <algorithm>

#include "engine/failure.h"
#include "engine/parse-media.h"
#include "recording/chosen-legs.h"

namespace interconnect {
namespace {

constexpr size_t kMaxDirectory = 4096;

bool isNameCharacter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

bool parseIndividual(Fields& params) {
  const std::string mode = params.string("mode", 1, 16);
  if (mode != "mixed" && mode != "individual") throw BadRequest(params.name("mode") + " must be mixed or individual");
  return mode == "individual";
}

AudioFormat parseFormat(Fields& params) {
  const std::string format = params.string("format", 1, 16);
  for (const AudioFormat known : {AudioFormat::OggOpus, AudioFormat::Wav}) {
    if (format == nameOf(known)) return known;
  }
  throw BadRequest(params.name("format") + " must be ogg or wav");
}

uint32_t parseSampleRate(Fields& params) {
  const auto rate = static_cast<uint32_t>(params.integer("sampleRate", 8000, 48'000));
  if (rate != 8000 && rate != 16'000 && rate != 48'000) throw BadRequest(params.name("sampleRate") + " must be 8000, 16000 or 48000");
  return rate;
}

std::vector<std::string> parseChosenLegs(Fields& params) { return params.strings("legs", 0, ChosenLegs::kMax, 1, kMaxLegId); }

}  // namespace

std::string parseRecordingId(Fields& params) {
  std::string id = params.string("recording", 1, 64);
  if (!std::all_of(id.begin(), id.end(), isNameCharacter)) {
    throw BadRequest(params.name("recording") + " must consist of letters, digits, - and _");
  }
  return id;
}

StartRecording parseStartRecording(Fields& params) {
  StartRecording start;
  start.terms.recording = parseRecordingId(params);
  if (params.has("leg")) start.terms.leg = params.string("leg", 1, kMaxLegId);
  else start.terms.session = params.string("session", 1, kMaxSessionId);
  if (params.has("channels")) start.terms.channels = static_cast<unsigned>(params.integer("channels", 1, 2));
  start.terms.individual = parseIndividual(params);
  if (start.terms.leg.empty() ? start.terms.channels > 1 : start.terms.individual) {
    throw BadRequest(params.name("mode") + " of a leg's recording must be mixed, and only that can have two channels");
  }
  start.terms.format = parseFormat(params);
  if (params.has("sampleRate")) start.terms.sampleRate = parseSampleRate(params);
  if (params.has("legs")) start.terms.legs = parseChosenLegs(params);
  start.directory = params.string("directory", 1, kMaxDirectory);
  return start;
}

ChooseRecorded parseChooseRecorded(Fields& params) {
  ChooseRecorded choose;
  choose.recording = parseRecordingId(params);
  choose.legs = parseChosenLegs(params);
  return choose;
}

}  // namespace interconnect
