#include "bench/browsers/crowd.h"

#include <stdexcept>

namespace bench {

using namespace interconnect;

namespace {

/** Different speakers, of whom each is made once. */
constexpr uint32_t kSpeakers = 4;
/** Packets between where one starts in its voice and the next one does. */
constexpr size_t kApart = 37;

Address addressOf(Fields& fields) {
  const std::string host = fields.string("host", 1, 64);
  const auto address = Address::parse(host, static_cast<uint16_t>(fields.integer("port", 0, 65535)));
  if (!address) throw std::runtime_error(host + " is no address");
  return *address;
}

DtlsTerms termsOf(Fields& fields) {
  const std::string hash = fields.string("hash", 1, 16);
  const auto fingerprint = Fingerprint::parse(hash, fields.string("fingerprint", 1, 200));
  if (!fingerprint) throw std::runtime_error("the server's fingerprint is not well formed");
  return {fields.string("role", 1, 8) == "server" ? DtlsRole::Server : DtlsRole::Client, {*fingerprint}, ""};
}

Track trackOf(Fields& fields) {
  return {static_cast<uint8_t>(fields.integer("payloadType", 0, 127)), static_cast<uint32_t>(fields.integer("ssrc", 1, UINT32_MAX))};
}

}  // namespace

Crowd::Crowd(std::function<void(std::string)> output)
    : output_(std::move(output)), identity_(DtlsIdentity::make()), network_(clock_), ownDelay_(ownOpusDelay()), lookAhead_(opusLookAhead()) {
  JsonWriter ready;
  ready.open('{').field("event", "ready").field("fingerprint", identity_.identity().fingerprint().value());
  ready.field("opusDelayMs", static_cast<double>(ownDelay_) / kMillisecond).close('}');
  output_(ready.take());
}

void Crowd::command(const std::string& line) {
  const JsonDocument document(line);
  Fields fields(document.root(), "");
  const std::string what = fields.string("do", 1, 16);
  if (what == "browser") return browser(fields);
  if (what == "phone") return phone(fields);
  if (what == "say") return say(fields);
  if (what == "figures") return figures(fields);
  if (what != "leave") throw std::runtime_error("there is no command \"" + what + "\"");
  for (const int64_t number : fields.integers("ends", 1, 10000, 0, INT32_MAX)) members_.erase(number);
}

void Crowd::turn() {
  for (auto& [number, member] : members_) member.end->turn();
}

void Crowd::browser(Fields& fields) {
  Fields remote = fields.object("remote");
  const Address server = addressOf(remote);
  Transport transport{server.withPort(0), server, {}};
  transport.webrtc.emplace(
      Transport::Webrtc{remote.string("username", 1, 600), remote.string("password", 1, 300), fields.string("password", 22, 64),
                                           fields.boolean("controls"), termsOf(remote)});
  const int64_t number = fields.integer("end", 0, INT32_MAX);
  media(add(number, VoiceCodec::Opus, transport), number, fields);
}

void Crowd::phone(Fields& fields) {
  Fields local = fields.object("local");
  Fields remote = fields.object("remote");
  const int64_t number = fields.integer("end", 0, INT32_MAX);
  media(add(number, VoiceCodec::Pcmu, {addressOf(local), addressOf(remote), {}}), number, fields);
}

Crowd::Member& Crowd::add(int64_t number, VoiceCodec codec, const Transport& transport) {
  const FarEnd::Listener listener{
      [this, number](Nanos at, const char* suite) { tell("secured", number, at, "suite", suite); },
      [this, number](Nanos at) { heard(number, at); },
      [this, number](const std::string& why) { throw std::runtime_error("end " + std::to_string(number) + ": " + why); },
  };
  Member member{std::make_unique<FarEnd>(FarEnd::Parts{identity_, network_, clock_}, transport, listener), codec, false, {}, {}};
  return members_.insert_or_assign(number, std::move(member)).first->second;
}

/** `voice`: { payloadType, ssrc }; `camera`: that and bitrate; `hears`: { payloadType, hz, of? }; `viewerBitrate`. */
void Crowd::media(Member& member, int64_t, Fields& fields) {
  if (fields.has("voice")) {
    Fields voice = fields.object("voice");
    member.end->setVoiceTrack(trackOf(voice));
    member.speaks = true;
  }
  if (fields.has("camera")) {
    Fields camera = fields.object("camera");
    const Track track = trackOf(camera);
    member.end->setCamera(track, static_cast<unsigned>(camera.integer("bitrate", 10'000, 100'000'000)));
  }
  if (fields.has("viewerBitrate")) member.end->setViewer(static_cast<uint64_t>(fields.integer("viewerBitrate", 10'000, 100'000'000)));
  if (!fields.has("hears")) return;
  Fields hears = fields.object("hears");
  member.end->setEar(member.codec, static_cast<uint8_t>(hears.integer("payloadType", 0, 127)), hears.number("hz", 1, 20000));
  if (hears.has("of")) member.listensTo = hears.integer("of", 0, INT32_MAX);
}

void Crowd::say(Fields& fields) {
  const std::string what = fields.string("voice", 1, 16);
  const double hz = fields.has("hz") ? fields.number("hz", 1, 20000) : 0;
  for (const int64_t number : fields.integers("ends", 1, 10000, 0, INT32_MAX)) {
    const auto found = members_.find(number);
    if (found == members_.end() || !found->second.speaks) throw std::runtime_error("end " + std::to_string(number) + " has no voice");
    const auto place = static_cast<size_t>(number);
    const uint32_t seed = what == "speech" ? static_cast<uint32_t>(number) % kSpeakers : 0;
    found->second.end->say(&voice(found->second.codec, what, hz, seed), place * kApart);
  }
}

const Voice& Crowd::voice(VoiceCodec codec, const std::string& what, double hz, uint32_t seed) {
  const auto key = std::make_tuple(codec, what, hz, seed);
  const auto found = voices_.find(key);
  return found != voices_.end() ? found->second : voices_.emplace(key, makeVoice(codec, what, hz, seed)).first->second;
}

/** Of a burst: how much later than it was said, without what the codec does in this process. */
void Crowd::heard(int64_t number, Nanos at) {
  Member& member = members_.at(number);
  if (!member.listensTo) return tell("heard", number, at);
  const auto speaker = members_.find(*member.listensTo);
  if (speaker == members_.end()) return;
  const auto said = speaker->second.end->roundBegan();
  if (!said) return;
  const bool fromOpus = speaker->second.codec == VoiceCodec::Opus;
  const Nanos own = fromOpus ? ownDelay_ : member.codec == VoiceCodec::Opus ? ownDelay_ - lookAhead_ : 0;
  member.delaysMs.push_back(static_cast<double>(at - *said - own) / kMillisecond);
}

void Crowd::figures(Fields& fields) {
  JsonWriter json;
  json.open('{').field("id", fields.integer("id", 0, INT32_MAX)).key("ends").open('[');
  for (auto& [number, member] : members_) {
    const FarEndFigures& of = member.end->figures();
    json.open('{').field("end", number).field("sent", of.sent).field("received", of.received).field("receivedBytes", of.receivedBytes);
    json.field("lost", of.lost).field("unopened", of.unopened).field("late", of.late).field("keyFramesAsked", of.keyFramesAsked);
    json.key("delaysMs").open('[');
    for (const double delay : member.delaysMs) json.value(delay);
    json.close(']').close('}');
    member.delaysMs.clear();
  }
  output_(json.close(']').close('}').take());
}

void Crowd::tell(const char* event, int64_t number, Nanos at, const char* key, const std::string& value) {
  JsonWriter json;
  json.open('{').field("event", event).field("end", number).field("atNs", at);
  if (key != nullptr) json.field(key, value);
  output_(json.close('}').take());
}

}  // namespace bench
