#include "engine/legs.h"

#include <algorithm>
#include <array>

#include "engine/failure.h"

namespace interconnect {
namespace {

/** The rates at which mixes run (RFC 3551's for voice, and Opus's). */
constexpr std::array<uint32_t, 3> kRates = {8000, 16000, 48000};
/** Nothing is lost by it: no tone is higher than 3900 Hz. */
constexpr uint32_t kToneRate = 8000;

bool isRate(uint32_t rate) { return std::find(kRates.begin(), kRates.end(), rate) != kRates.end(); }

Mix::Alone aloneKind(const Hears& hears) {
  if (std::holds_alternative<HearsEcho>(hears)) return Mix::Alone::Echo;
  if (std::holds_alternative<HearsTone>(hears)) return Mix::Alone::Tone;
  if (std::holds_alternative<HearsLeg>(hears)) return Mix::Alone::Relay;
  return Mix::Alone::Silence;
}

bool same(const Hears& a, const Hears& b) {
  if (a.index() != b.index()) return false;
  if (const auto* session = std::get_if<HearsSession>(&a)) return *session == std::get<HearsSession>(b);
  if (const auto* other = std::get_if<HearsLeg>(&a)) return other->leg == std::get<HearsLeg>(b).leg;
  // The same tone again begins anew: nobody relies on its phase.
  return !std::holds_alternative<HearsTone>(a);
}

void requireIce(const Leg& leg, const UpdateLeg& command) {
  if (leg.ice() == nullptr) {
    if (command.ice) throw BadRequest("params.ice: the leg is not reached by ICE");
    return;
  }
  const MediaChange& change = command.media;
  if (change.remote) throw BadRequest("params.remote is what ICE finds out: it must not be given");
  if (change.security && !std::holds_alternative<DtlsTerms>(*change.security)) {
    throw BadRequest("params.security must be DTLS for a leg that is reached by ICE");
  }
}

}  // namespace

Legs::Legs(Network& network, Schedule& schedule, const LegContext& context)
    : network_(network), icePorts_(context.clock, network), schedule_(schedule), context_(context) {}

Legs::~Legs() { closeAll(); }

void Legs::requireUsable(const CodecSpec& spec) {
  if (spec.relayOnly()) return;
  const bool wide = std::holds_alternative<G722>(spec.implementation);
  const bool opus = std::holds_alternative<OpusParameters>(spec.implementation);
  const bool narrow = !wide && !opus && !std::holds_alternative<ChainDescriptions>(spec.implementation);
  if (!isRate(spec.sampleRate)) throw Failure("media.codec-failed", spec.name + " must be decoded to 8000, 16000 or 48000 Hz");
  // RFC 3551 §4.5.2: the clock is half the rate, by an error that stays.
  if (wide && (spec.sampleRate != 16000 || spec.clockRate != 8000)) {
    throw Failure("media.codec-failed", spec.name + " is of 16000 Hz, under a clock of 8000");
  }
  // RFC 7587 §4.1, whatever the audio's rate is.
  if (opus && spec.clockRate != 48000) throw Failure("media.codec-failed", spec.name + " has a clock of 48000");
  if (narrow && (spec.sampleRate != 8000 || spec.clockRate != 8000)) throw Failure("media.codec-failed", spec.name + " is of 8000 Hz");
  if (spec.comfortNoise()) return;
  if (const auto why = proof_.refusal(spec)) throw Failure("media.codec-failed", spec.name + ": " + *why);
}

void Legs::requireUsable(const MediaChange& change) {
  if (change.send && change.send->comfortNoise()) throw Failure("media.codec-failed", "comfort noise is only received");
  if (change.send) requireUsable(*change.send);
  if (const auto why = VoiceProcessing::refusal(change.processing.value_or(ProcessingSpec{}))) {
    throw Failure("media.codec-failed", "voices cannot be processed: " + *why);
  }
  if (!change.receive) return;
  for (const CodecSpec& spec : *change.receive) requireUsable(spec);
}

void Legs::requireHearable(const std::string& leg, const Entry* entry, const MediaChange& change) const {
  const Hears unchanged = entry != nullptr ? entry->hears : Hears(HearsSilence{});
  const Hears& hears = change.hears ? *change.hears : unchanged;
  const auto send = change.send || entry == nullptr ? change.send : entry->leg->sender().codec();
  const auto* heard = std::get_if<HearsLeg>(&hears);
  if (send && send->relayOnly() && heard == nullptr && !std::holds_alternative<HearsSilence>(hears)) {
    throw BadRequest("params.hears must be a leg or silence: " + send->name + " is only relayed, it cannot be encoded");
  }
  // Codecs that change under a relay are a matter of two commands: only the one that asks for a relay is held to it.
  if (heard == nullptr || !change.hears) return;
  if (heard->leg == leg) throw BadRequest("params.hears.leg must be another leg (echo gives a leg its own audio)");
  const auto codecs = find(heard->leg).receiver().relaySource().codecs;
  if (!send || codecs.empty()) return;
  if (std::none_of(codecs.begin(), codecs.end(), [&](const CodecSpec& codec) { return sameEncoding(codec, *send); })) {
    throw BadRequest("params.hears.leg: leg " + heard->leg + " receives no " + send->name + "/" + std::to_string(send->clockRate) +
                     ", so it cannot be relayed undecoded; a session of the two transcodes");
  }
}

std::unique_ptr<Socket> Legs::openSocket(const Address& local) {
  auto opened = network_.open(local);
  if (auto* socket = std::get_if<std::unique_ptr<Socket>>(&opened)) return std::move(*socket);
  const auto& failure = std::get<OpenFailure>(opened);
  throw Failure(failure.inUse ? "media.port-in-use" : "media.bad-request", failure.message);
}

LegSockets Legs::openSockets(const OpenLeg& command) {
  if (!command.ice) return {openSocket(command.local.rtp), openSocket(command.local.rtcp)};
  auto socket = std::make_unique<IceSocket>(icePorts_.use(command.ice->locals, command.ice->tcpPort), command.ice->credentials);
  IceSocket* ice = socket.get();
  return {std::move(socket), std::make_unique<NoSocket>(), ice};
}

const Leg& Legs::open(const OpenLeg& command) {
  if (legs_.count(command.leg) != 0) throw Failure("media.leg-exists", "leg " + command.leg + " is open");
  requireUsable(command.media);
  requireHearable(command.leg, nullptr, command.media);
  requireVisible(command.leg, command.media);
  auto leg = std::make_unique<Leg>(command.leg, command.local, openSockets(command), context_);
  if (const auto& former = command.former) leg->avoid(*former);
  leg->apply(command.media);
  Entry& entry = legs_[command.leg];
  entry.leg = std::move(leg);
  enter(entry, command.media.hears.value_or(HearsSilence{}));
  see(*entry.leg, command.media);
  entry.leg->greet(schedule_.nextTick(*entry.mix));
  return *entry.leg;
}

void Legs::update(const UpdateLeg& command) {
  const auto found = legs_.find(command.leg);
  Leg& leg = find(command.leg);
  const MediaChange& change = command.media;
  if (change.remote && !change.remote->isOf(leg.local().rtp.family())) {
    throw BadRequest("params.remote must be of the address family of the leg");
  }
  requireIce(leg, command);
  requireUsable(change);
  requireHearable(command.leg, &found->second, change);
  requireVisible(command.leg, change);
  if (command.ice) leg.ice()->restart(*command.ice);
  leg.apply(change);
  if (change.hears && !same(*change.hears, found->second.hears)) {
    leave(found->second);
    enter(found->second, *change.hears);
  }
  schedule_.reconsider(*found->second.mix);
  see(leg, change);
  leg.greet(schedule_.nextTick(*found->second.mix));
}

Leg& Legs::find(const std::string& leg) const {
  const auto found = legs_.find(leg);
  if (found == legs_.end()) throw Failure("media.leg-unknown", "no leg " + leg);
  return *found->second.leg;
}

void Legs::close(const std::string& leg, const std::function<void(Leg&)>& last) {
  find(leg).goodbye();
  const auto found = legs_.find(leg);
  last(*found->second.leg);
  silenceListeners(*found->second.leg);
  leave(found->second);
  legs_.erase(found);
}

size_t Legs::closeAll() {
  const size_t count = legs_.size();
  while (!legs_.empty()) close(std::string(legs_.begin()->first), [](const Leg&) {});
  return count;
}

void Legs::enter(Entry& entry, const Hears& hears) {
  entry.hears = hears;
  std::unique_ptr<Mix>* mix = &entry.alone;
  if (const auto* session = std::get_if<HearsSession>(&hears)) mix = &sessions_[session->session];
  if (!*mix) {
    *mix = std::make_unique<Mix>();
    if (const auto* session = std::get_if<HearsSession>(&hears)) (*mix)->session = session->session;
    else (*mix)->alone = aloneKind(hears);
    if (const auto* tone = std::get_if<HearsTone>(&hears)) (*mix)->tone.emplace(kToneRate, tone->frequencyHz, tone->secondFrequencyHz,
                                                                                  tone->levelDbov, tone->cadenceMs);
    schedule_.add(**mix);
  }
  const auto* heard = std::get_if<HearsLeg>(&hears);
  entry.leg->hear(heard != nullptr ? &find(heard->leg) : nullptr);
  (*mix)->enter(*entry.leg, std::holds_alternative<HearsSession>(hears) ? std::get<HearsSession>(hears).part : std::nullopt);
  entry.mix = mix->get();
  schedule_.reconsider(*entry.mix);
}

void Legs::requireVisible(const std::string& leg, const MediaChange& change) const {
  if (!change.sees || !*change.sees) return;
  if (**change.sees == leg) throw BadRequest("params.sees must be another leg");
  (void)find(**change.sees);
}

void Legs::see(Leg& leg, const MediaChange& change) {
  if (change.sees) leg.see(*change.sees ? &find(**change.sees) : nullptr);
}

void Legs::silenceListeners(const Leg& leg) {
  while (!leg.listeners().empty()) {
    Entry& listener = legs_.at(leg.listeners().front()->id());
    leave(listener);
    enter(listener, HearsSilence{});
  }
}

void Legs::leave(Entry& entry) {
  Mix& mix = *entry.mix;
  entry.leg->unpair();
  entry.leg->hear(nullptr);
  entry.leg->share(false);
  mix.leave(*entry.leg);
  entry.mix = nullptr;
  if (!mix.legs.empty()) return schedule_.reconsider(mix);
  schedule_.remove(mix);
  mix.players.reset();
  if (mix.session) sessions_.erase(std::string(*mix.session));
  else entry.alone.reset();
}

}  // namespace interconnect
