#include "recording/recordings.h"

#include <system_error>

#include "engine/failure.h"
#include "engine/mix.h"

namespace interconnect {
namespace {

/** Threads are looked after so often: what they have to tell comes so much later. */
constexpr Nanos kEvery = 50 * kMillisecond;

const char* nameOf(Recording::State state) {
  switch (state) {
    case Recording::State::Preparing: return "preparing";
    case Recording::State::Recording: return "recording";
    case Recording::State::Ending: return "ending";
    case Recording::State::Ended: break;
  }
  return "ended";
}

JsonWriter begin(const char* event, const RecordingTerms& terms) {
  JsonWriter json;
  json.open('{').field("event", event).key("params").open('{').field("recording", terms.recording);
  return json;
}

}  // namespace

Recordings::Recordings(const Clock& clock, std::string root, const LineOutput& output)
    : clock_(clock), root_(std::move(root)), output_(output) {}

Recordings::~Recordings() { finishAll(); }

void Recordings::start(const std::string& directory, RecordingTerms terms, Leg* leg) {
  if (root_.empty() || directory != root_) {
    throw Failure("media.recording-directory", "this worker was started with another folder for recordings; it must be started anew");
  }
  for (const Recording& recording : recordings_) {
    if (recording.terms().recording == terms.recording) throw Failure("media.recording-exists", "recording " + terms.recording + " is running");
  }
  if (recordings_.size() >= kMax) throw Failure("media.too-many-recordings", std::to_string(kMax) + " recordings are running already");
  try {
    recordings_.emplace_back(root_, std::move(terms), leg, clock_.wall(), *this);
  } catch (const std::system_error&) {
    throw Failure("media.recording-failed", "the machine has no thread to spare for a recording");
  }
  nextRun_ = clock_.now();
}

Recording& Recordings::find(const std::string& recording) {
  for (Recording& running : recordings_) {
    if (running.terms().recording == recording) return running;
  }
  throw Failure("media.recording-unknown", "no recording " + recording);
}

void Recordings::stop(const std::string& recording) { find(recording).stop("stopped", clock_.now()); }

void Recordings::choose(const std::string& recording, ChosenLegs legs) { find(recording).choose(std::move(legs), clock_.now()); }

void Recordings::stopAll(const char* reason) {
  for (Recording& recording : recordings_) recording.stop(reason, clock_.now());
}

void Recordings::finishAll() {
  stopAll("reset");
  for (Recording& recording : recordings_) {
    recording.finish(clock_.now());
    ended(recording);
  }
  recordings_.clear();
}

void Recordings::legClosed(const std::string& leg) {
  for (Recording& recording : recordings_) recording.legClosed(leg, clock_.now());
}

std::optional<Nanos> Recordings::next() const {
  if (recordings_.empty()) return std::nullopt;
  return nextRun_;
}

void Recordings::run(Nanos heard) {
  if (recordings_.empty() || clock_.now() < nextRun_) return;
  nextRun_ = clock_.now() + kEvery;
  for (auto recording = recordings_.begin(); recording != recordings_.end();) {
    recording->run(heard);
    if (recording->state() != Recording::State::Ended) {
      ++recording;
      continue;
    }
    ended(*recording);
    recording = recordings_.erase(recording);
  }
}

void Recordings::hear(const Mix& mix, Nanos nominal, const uint8_t* audible, const MixedTick& tick, const MixedTick* next) {
  for (Recording& recording : recordings_) recording.hear(mix, nominal, audible, tick, next);
}

void Recordings::write(JsonWriter& json) const {
  json.open('[');
  for (const Recording& recording : recordings_) {
    json.open('{').field("recording", recording.terms().recording);
    const RecordingTerms& terms = recording.terms();
    if (terms.leg.empty()) json.field("session", terms.session);
    else json.field("leg", terms.leg);
    json.field("state", nameOf(recording.state())).field("files", static_cast<uint64_t>(recording.files()));
    json.field("notRecorded", static_cast<uint64_t>(recording.notRecorded())).close('}');
  }
  json.close(']');
}

void Recordings::started(const RecordingTerms& terms) {
  JsonWriter json = begin("recording.started", terms);
  output_(json.close('}').close('}').take());
}

void Recordings::fileStarted(const RecordingTerms& terms, const RecordedFile& file) {
  JsonWriter json = begin("recording.file-started", terms);
  json.field("path", file.path).key("leg");
  if (file.leg.empty()) json.null();
  else json.value(file.leg);
  json.field("offsetMs", static_cast<double>(file.offset) / kMillisecond);
  output_(json.close('}').close('}').take());
}

void Recordings::ended(const Recording& recording) {
  JsonWriter json = begin("recording.ended", recording.terms());
  json.field("reason", recording.reason()).key("error");
  if (const auto& failure = recording.failure()) {
    json.open('{').field("code", failure->code).field("message", failure->message).close('}');
  } else {
    json.null();
  }
  json.field("durationMs", static_cast<double>(recording.duration()) / kMillisecond);
  json.field("notRecorded", static_cast<uint64_t>(recording.notRecorded())).key("files").open('[');
  for (const Track& track : recording.tracks()) writeRecordedFile(json, track.file());
  output_(json.close(']').close('}').close('}').take());
}

}  // namespace interconnect
