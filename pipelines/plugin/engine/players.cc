#include "engine/players.h"

#include <algorithm>

#include "engine/failure.h"
#include "player/tone-source.h"

namespace interconnect {
namespace {

/** Nothing is lost by it: no tone is higher than 3900 Hz. */
constexpr uint32_t kToneRate = 8000;
/** Of files for somebody of whom it is not known yet what he can hear. */
constexpr uint32_t kUsualRate = 16000;

Mix& sessionOf(const Legs& legs, const std::string& name) {
  const auto found = legs.sessions().find(name);
  if (found == legs.sessions().end()) throw Failure("media.session-unknown", "no leg is in a session " + name);
  return *found->second;
}

Leg& mixedLegOf(const Legs& legs, const std::string& name) {
  Leg& leg = legs.find(name);
  if (leg.relays()) throw Failure("media.not-mixed", "leg " + name + " hears another leg undecoded: nothing can be mixed into that");
  return leg;
}

uint32_t highestRate(const Mix& mix) {
  uint32_t highest = 0;
  for (const Leg* leg : mix.legs) highest = std::max(highest, leg->hearsRate());
  return highest;
}

}  // namespace

std::unique_ptr<Player> Players::make(const PlayerSpec& spec, uint32_t rate) {
  if (const auto* tone = std::get_if<PlayedTone>(&spec.source)) {
    CallTone generator(kToneRate, tone->frequencyHz, tone->secondFrequencyHz, tone->levelDbov, tone->cadenceMs);
    return std::make_unique<Player>(spec, kToneRate, std::make_unique<ToneSource>(std::move(generator)));
  }
  const auto& file = std::get<PlayedFile>(spec.source);
  rate = rate == 0 ? kUsualRate : rate;
  return std::make_unique<Player>(spec, rate, readers_.read({file.directory, file.file, rate, spec.loops}));
}

void Players::start(Legs& legs, const StartPlayer& command) {
  if (const auto* to = std::get_if<ToLeg>(&command.to)) {
    Leg& leg = mixedLegOf(legs, to->leg);
    PlayerSet& players = leg.players();
    players.requireRoomFor(command.spec.player);
    players.add(make(command.spec, leg.hearsRate()));
    return;
  }
  Mix& mix = sessionOf(legs, std::get<ToSession>(command.to).session);
  if (!mix.players) mix.players = std::make_unique<PlayerSet>(listener_);
  mix.players->requireRoomFor(command.spec.player);
  mix.players->add(make(command.spec, highestRate(mix)));
}

void Players::stop(Legs& legs, const StopPlayer& command) {
  bool stopped = false;
  if (const auto* to = std::get_if<ToLeg>(&command.to)) {
    stopped = legs.find(to->leg).players().stop(command.player, command.fadeOutMs);
  } else {
    const Mix& mix = sessionOf(legs, std::get<ToSession>(command.to).session);
    stopped = mix.players && mix.players->stop(command.player, command.fadeOutMs);
  }
  if (!stopped) throw Failure("media.player-unknown", "no player " + command.player + " plays there");
}

}  // namespace interconnect
