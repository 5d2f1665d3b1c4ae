#include "engine/engine.h"

#include <algorithm>

#include "engine/failure.h"
#include "engine/flow.h"
#include "engine/json-writer.h"
#include "engine/leg-stats.h"

namespace interconnect {
namespace {

void writeHearsSession(JsonWriter& json, const HearsSession& hears) {
  json.field("kind", "session").field("session", hears.session);
  if (!hears.part) return;
  json.key(hears.part->kind == HeardLegs::Kind::Only ? "only" : "except").open('[');
  for (const std::string& leg : hears.part->legs) json.value(leg);
  json.close(']');
}

void writeHears(JsonWriter& json, const Hears& hears) {
  json.open('{');
  if (std::holds_alternative<HearsSilence>(hears)) json.field("kind", "silence");
  if (std::holds_alternative<HearsEcho>(hears)) json.field("kind", "echo");
  if (const auto* session = std::get_if<HearsSession>(&hears)) writeHearsSession(json, *session);
  if (const auto* tone = std::get_if<HearsTone>(&hears)) {
    json.field("kind", "tone").field("frequencyHz", tone->frequencyHz).field("levelDbov", tone->levelDbov);
    if (tone->secondFrequencyHz) json.field("secondFrequencyHz", *tone->secondFrequencyHz);
    if (!tone->cadenceMs.empty()) {
      json.key("cadenceMs").open('[');
      for (const unsigned ms : tone->cadenceMs) json.value(static_cast<uint32_t>(ms));
      json.close(']');
    }
  }
  if (const auto* other = std::get_if<HearsLeg>(&hears)) json.field("kind", "leg").field("leg", other->leg);
  json.close('}');
}

void writeLeg(JsonWriter& json, const Legs::Entry& entry, Nanos now) {
  const Leg& leg = *entry.leg;
  json.open('{').field("leg", leg.id());
  json.key("local").open('{').field("host", leg.local().rtp.host());
  json.field("rtpPort", static_cast<uint32_t>(leg.local().rtp.port()));
  json.field("rtcpPort", static_cast<uint32_t>(leg.local().rtcp.port())).close('}');
  json.key("hears");
  writeHears(json, entry.hears);
  json.field("direction", nameOf(leg.direction())).key("muted").boolean(leg.muted()).key("stats");
  writeLegStats(json, leg, now);
  json.close('}');
}

void writeSession(JsonWriter& json, const Mix& mix) {
  json.open('{').field("session", *mix.session).field("sampleRate", mix.sampleRate).key("legs").open('[');
  for (const Leg* leg : mix.legs) json.value(leg->id());
  json.close(']').close('}');
}

}  // namespace

std::string errorAnswer(std::optional<int64_t> id, const char* code, std::string_view message) {
  JsonWriter json;
  json.open('{').field("id", id).key("error").open('{');
  json.field("code", code).field("message", message).close('}').close('}');
  return json.take();
}

Engine::Engine(const Clock& clock, Network& network, RandomSource random, LineOutput output, const DtlsContext* dtls, FilePace pace,
               std::string recordingRoot)
    : clock_(clock),
      random_(std::move(random)),
      output_(std::move(output)),
      events_(output_),
      schedule_(clock),
      players_(events_, pace),
      legs_(network, schedule_, {clock_, random_, workspace_, events_, {dtls, handshakes_}}),
      recordings_(clock_, std::move(recordingRoot), output_),
      pingAt_(clock.now()),
      pingCpu_(clock.threadCpu()) {}

Engine::~Engine() = default;

void Engine::run() {
  schedule_.run([this](Mix& mix, Nanos nominal, Nanos now) { mixer_.tick(mix, nominal, now, recordings_.empty() ? nullptr : &recordings_); },
                [this](Nanos late) {
                  lateness_.add(late);
                  overload_.add(late, clock_.now());
                });
  recordings_.run(schedule_.done());
}

std::optional<Nanos> Engine::next() const {
  const auto tick = schedule_.next();
  const auto recordings = recordings_.next();
  return tick && recordings ? std::min(*tick, *recordings) : tick ? tick : recordings;
}

void Engine::command(std::string_view line) {
  // A burst of commands must not hold the ticks back.
  run();
  std::optional<int64_t> id;
  try {
    Request request(line);
    id = request.id();
    carryOut(request);
  } catch (const Failure& failure) {
    output_(errorAnswer(id, failure.code(), failure.what()));
  }
}

void Engine::carryOut(Request& request) {
  std::visit([&](const auto& command) { answer(request.id(), command); }, request.command());
}

template <class Content>
void Engine::result(int64_t id, const Content& content) {
  JsonWriter json;
  json.open('{').field("id", id).key("result");
  content(json);
  output_(json.close('}').take());
}

namespace {

void nothing(JsonWriter& json) { json.open('{').close('}'); }

}  // namespace

void Engine::answer(int64_t id, const Ping&) {
  const Nanos now = clock_.now();
  const Nanos cpu = clock_.threadCpu();
  const Nanos elapsed = now - pingAt_;
  const IcePort::Counts& ice = legs_.icePorts().counts();
  result(id, [&](JsonWriter& json) {
    json.open('{').field("legs", static_cast<uint64_t>(legs_.all().size()));
    json.field("sessions", static_cast<uint64_t>(legs_.sessions().size()));
    json.field("busyRatio", elapsed > 0 ? static_cast<double>(cpu - pingCpu_) / static_cast<double>(elapsed) : 0.0);
    json.field("tickLateUsP99", static_cast<double>(lateness_.p99()) / kMicrosecond);
    json.field("tickLateUsMax", static_cast<double>(lateness_.max()) / kMicrosecond);
    json.field("skippedTicks", schedule_.skipped()).field("iceStrangers", ice.strangers);
    json.field("iceStreams", static_cast<uint64_t>(ice.streams.open)).field("iceStreamsRefused", ice.streams.refused).close('}');
  });
  lateness_.clear();
  pingAt_ = now;
  pingCpu_ = cpu;
}

void Engine::answer(int64_t id, const Dump&) {
  result(id, [&](JsonWriter& json) {
    json.open('{').key("legs").open('[');
    for (const auto& [name, entry] : legs_.all()) writeLeg(json, entry, clock_.now());
    json.close(']').key("sessions").open('[');
    for (const auto& [name, mix] : legs_.sessions()) writeSession(json, *mix);
    json.close(']').key("recordings");
    recordings_.write(json);
    json.close('}');
  });
}

void Engine::answer(int64_t id, const Reset&) {
  recordings_.stopAll("reset");
  const size_t closed = legs_.closeAll();
  result(id, [&](JsonWriter& json) { json.open('{').field("closed", static_cast<uint64_t>(closed)).close('}'); });
}

void Engine::answer(int64_t id, const Stop&) {
  recordings_.stopAll("reset");
  legs_.closeAll();
  // The answer is the last that is heard of this engine, so what ends must have told by then.
  recordings_.finishAll();
  result(id, nothing);
}

void Engine::answer(int64_t id, const OpenLeg& command) {
  if (overload_.overloaded(clock_.now())) throw Failure("media.overloaded", "the loop is late: no new legs");
  const uint32_t ssrc = legs_.open(command).sender().ssrc();
  result(id, [&](JsonWriter& json) { json.open('{').field("ssrc", ssrc).close('}'); });
}

void Engine::answer(int64_t id, const UpdateLeg& command) {
  legs_.update(command);
  result(id, nothing);
}

void Engine::answer(int64_t id, const AskStats& command) {
  const Leg& leg = legs_.find(command.leg);
  result(id, [&](JsonWriter& json) { writeLegStats(json, leg, clock_.now()); });
}

namespace {

/** One page: the legs whose names come after `after`. */
template <class Write>
void writePage(JsonWriter& json, const std::map<std::string, Legs::Entry>& legs, const std::string& after, size_t limit,
               const Write& write) {
  auto entry = after.empty() ? legs.begin() : legs.upper_bound(after);
  json.open('{').key("legs").open('[');
  for (; entry != legs.end() && limit > 0; ++entry, --limit) write(*entry->second.leg);
  json.close(']').key("more").boolean(entry != legs.end()).close('}');
}

}  // namespace

void Engine::answer(int64_t id, const AskQuality& command) {
  result(id, [&](JsonWriter& json) {
    writePage(json, legs_.all(), command.after, command.limit,
              [&](Leg& leg) { leg.quality().writeInterval(json, leg, clock_.now()); });
  });
}

void Engine::answer(int64_t id, const AskFlow& command) {
  result(id, [&](JsonWriter& json) {
    writePage(json, legs_.all(), command.after, command.limit, [&](const Leg& leg) { writeFlow(json, leg, clock_.now()); });
  });
}

void Engine::answer(int64_t id, const CloseLeg& command) {
  recordings_.legClosed(command.leg);
  legs_.close(command.leg, [&](Leg& leg) {
    result(id, [&](JsonWriter& json) { writeLastStats(json, leg, clock_.now()); });
  });
}

void Engine::answer(int64_t id, const SendDigits& command) {
  LegSender& sender = legs_.find(command.leg).sender();
  if (command.way == DigitSource::Inband && !sender.canSend()) {
    throw Failure("media.no-tones", "leg " + command.leg + " encodes nothing that could carry tones");
  }
  if (command.way == DigitSource::Rfc4733 && !sender.canSendDigits()) {
    throw Failure("media.no-telephone-event", "leg " + command.leg + " has not negotiated telephone-event");
  }
  const auto queuedMs = sender.queueDigits(command.digits, command.digitMs, command.gapMs, command.way);
  if (!queuedMs) throw BadRequest("params.digits do not fit into the leg's queue");
  result(id, [&](JsonWriter& json) { json.open('{').field("queuedMs", *queuedMs).close('}'); });
}

void Engine::answer(int64_t id, const StartPlayer& command) {
  players_.start(legs_, command);
  result(id, nothing);
}

void Engine::answer(int64_t id, const StopPlayer& command) {
  players_.stop(legs_, command);
  result(id, nothing);
}

void Engine::answer(int64_t id, const StartRecording& command) {
  Leg* leg = command.terms.leg.empty() ? nullptr : &legs_.find(command.terms.leg);
  recordings_.start(command.directory, command.terms, leg);
  result(id, nothing);
}

void Engine::answer(int64_t id, const StopRecording& command) {
  recordings_.stop(command.recording);
  result(id, nothing);
}

void Engine::answer(int64_t id, const ChooseRecorded& command) {
  recordings_.choose(command.recording, ChosenLegs(command.legs));
  result(id, nothing);
}

}  // namespace interconnect
