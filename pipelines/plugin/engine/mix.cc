#include "engine/mix.h"

#include <algorithm>
#include <utility>

#include "engine/tick.h"

namespace interconnect {
namespace {

constexpr uint32_t kLowestRate = 8000;
/** 100 ms: longer than any stop within a word. */
constexpr size_t kPauseTicks = 5;

void add(int32_t* sum, const int16_t* frame, size_t n) {
  for (size_t i = 0; i < n; i++) sum[i] += frame[i];
}

void subtract(int32_t* sum, const int16_t* frame, size_t n) {
  for (size_t i = 0; i < n; i++) sum[i] -= frame[i];
}

/** A far end that is muted goes on sending: what Opus makes of its silence is ±1 at most. That becomes silence here. */
bool sounds(int16_t* frame, size_t n) {
  const bool sound = std::any_of(frame, frame + n, [](int16_t sample) { return sample > 1 || sample < -1; });
  if (!sound) std::fill_n(frame, n, int16_t{0});
  return sound;
}

int16_t saturate(int32_t value) { return static_cast<int16_t>(std::clamp(value, -32768, 32767)); }

void withoutOwn(int16_t* out, const int32_t* sum, const int16_t* own, size_t n) {
  for (size_t i = 0; i < n; i++) out[i] = saturate(sum[i] - own[i]);
}

/** Of an echo both are the same leg; of a session nobody hears himself. */
uint32_t rateOfSession(const std::vector<Leg*>& legs, uint32_t playerRate) {
  // The two best hearers: whoever speaks, one of them is somebody else.
  const Leg* best = nullptr;
  uint32_t first = 0;
  uint32_t second = 0;
  for (const Leg* leg : legs) {
    const uint32_t rate = leg->hearsRate();
    if (best == nullptr || rate > first) {
      second = first;
      first = rate;
      best = leg;
    } else {
      second = std::max(second, rate);
    }
  }
  uint32_t needed = std::min(playerRate, first);
  for (const Leg* leg : legs) needed = std::max(needed, std::min(leg->saysRate(), leg == best ? second : first));
  return needed;
}

}  // namespace

void Mix::enter(Leg& leg, const std::optional<HeardLegs>& part) {
  legs.push_back(&leg);
  if (part) parts.add(leg.id(), *part);
  parts.place(legs);
}

bool Mix::nobodyIsSent() const {
  if (!session && alone == Alone::Relay) return true;
  return std::none_of(legs.begin(), legs.end(), [](const Leg* leg) { return leg->isSent(); });
}

void Mix::leave(Leg& leg) {
  legs.erase(std::remove(legs.begin(), legs.end(), &leg), legs.end());
  parts.remove(leg.id());
  parts.place(legs);
}

uint32_t rateFor(const Mix& mix) {
  if (mix.legs.empty()) return kLowestRate;
  if (mix.session) return std::max(kLowestRate, rateOfSession(mix.legs, mix.players ? mix.players->rate() : 0));
  if (mix.alone != Mix::Alone::Echo) return kLowestRate;
  const Leg& leg = *mix.legs.front();
  return std::max(kLowestRate, std::min(leg.saysRate(), leg.hearsRate()));
}

void Mixer::Room::resize(uint32_t newRate, size_t legs) {
  rate = newRate;
  samples = static_cast<size_t>(newRate * kTick / kSecond);
  frames.resize(std::max(frames.size(), legs * samples));
  out.resize(samples);
}

void Mixer::tick(Mix& mix, Nanos nominal, Nanos now, MixTap* tap) {
  if (!mix.session && mix.alone == Mix::Alone::Relay) {
    for (Leg* leg : mix.legs) leg->relayTick(nominal, now);
    return;
  }
  decodeWhatIsHeard(mix, !mix.session || tap != nullptr);
  room_.resize(mix.sampleRate, mix.legs.size());
  audible_.resize(mix.legs.size());
  // Among phones alone whoever pauses keeps his encoder: to take a copy along whenever he speaks again would allocate.
  const bool mutedSend = mix.parts.leavesOut();
  for (size_t i = 0; i < mix.legs.size(); i++) {
    const Frame frame = room_.frame(i);
    const bool received = mix.legs[i]->receive(nominal, now, frame);
    audible_[i] = received && (!mutedSend || sounds(frame.pcm, room_.samples)) ? 1 : 0;
  }
  add(mix, room_);
  const uint32_t rate = rateFor(mix);
  if (mix.players) play(mix);
  pair(mix);
  const bool same = rate == mix.sampleRate;
  group(mix);
  for (size_t i = 0; i < mix.legs.size(); i++) mix.legs[i]->share(same && mix.session && hears_[i] != Hears::Own);
  if (same) {
    tell(tap, mix, nominal, nullptr);
    const Frame common = commonFrame(mix);
    for (size_t i = 0; i < mix.legs.size(); i++) {
      if (common.pcm != nullptr && hears_[i] == Hears::Everybody) mix.legs[i]->transmit(now, common, &common_);
      else if (!mix.parts.has(i)) mix.legs[i]->transmit(now, heard(mix, room_, i));
    }
    common_.clear();
    transmitParts(mix, now, common.pcm != nullptr);
    return;
  }
  next_.resize(rate, mix.legs.size());
  for (size_t i = 0; i < mix.legs.size(); i++) mix.legs[i]->receiveAgain(next_.frame(i));
  add(mix, next_);
  if (mix.players) mix.players->tickAgain(rate);
  tell(tap, mix, nominal, &next_);
  for (size_t i = 0; i < mix.legs.size(); i++) {
    if (!mix.parts.has(i)) mix.legs[i]->transmit(now, heard(mix, room_, i), heard(mix, next_, i));
  }
  transmitPartsChanging(mix, now);
  mix.sampleRate = rate;
}

/**
 * A browser's stream that others are only sent as it came is not decoded. Who hears something himself always is: of phones
 * is known how loud they are, and whether they are silent.
 */
void Mixer::decodeWhatIsHeard(Mix& mix, bool all) {
  bool everybodyIsHeard = all;
  for (size_t i = 0; i < mix.legs.size() && !everybodyIsHeard; i++) everybodyIsHeard = mix.legs[i]->hearsRate() > 0 && !mix.parts.has(i);
  for (size_t i = 0; i < mix.legs.size(); i++) mix.legs[i]->setHeard(everybodyIsHeard || mix.parts.heard(i));
}

/** Who hears everybody but himself hears what all hear who say nothing, while he says nothing. */
void Mixer::group(Mix& mix) {
  hears_.resize(mix.legs.size());
  for (size_t i = 0; i < mix.legs.size(); i++) hears_[i] = audible_[i] != 0 ? Hears::Own : Hears::Everybody;
  for (MixPart& part : mix.parts.all()) {
    const auto silent = [this](size_t i) { return audible_[i] == 0; };
    const bool before = std::exchange(part.everybody, part.heard.kind == HeardLegs::Kind::Except &&
                                                          std::all_of(part.named.begin(), part.named.end(), silent));
    part.changes = part.everybody != before;
    // Whoever goes from the one to the other takes a copy of the encoder along, alone.
    const Hears what = part.changes ? Hears::Own : part.everybody ? Hears::Everybody : Hears::Part;
    for (const size_t i : part.listeners) hears_[i] = what;
  }
}

void Mixer::transmitParts(Mix& mix, Nanos now, bool common) {
  for (MixPart& part : mix.parts.all()) {
    if (common && part.everybody && !part.changes) {
      part.quietTicks = mix.quietTicks;
      continue;
    }
    const Frame frame = heardOfPart(mix, part, room_);
    part.quietTicks = LevelMeter::silent(frame.pcm, room_.samples) ? part.quietTicks + 1 : 0;
    common_.begin(part.quietTicks >= kPauseTicks);
    for (const size_t i : part.listeners) mix.legs[i]->transmit(now, frame, part.changes ? nullptr : &common_);
    common_.clear();
  }
}

void Mixer::transmitPartsChanging(Mix& mix, Nanos now) {
  for (const MixPart& part : mix.parts.all()) {
    const Frame frame = heardOfPart(mix, part, room_);
    const Frame next = heardOfPart(mix, part, next_);
    for (const size_t i : part.listeners) mix.legs[i]->transmit(now, frame, next);
  }
}

Frame Mixer::heardOfPart(Mix& mix, const MixPart& part, Room& room) {
  const Frame out{room.out.data(), room.rate};
  sumOf(part, room);
  for (size_t i = 0; i < room.samples; i++) out.pcm[i] = saturate(partSum_[i]);
  // Whoever names those that are heard hears them alone.
  if (part.heard.kind == HeardLegs::Kind::Only || !mix.players) return out;
  return {mix.players->over(out.pcm, room.rate), room.rate};
}

void Mixer::sumOf(const MixPart& part, Room& room) {
  if (part.heard.kind == HeardLegs::Kind::Only) {
    partSum_.assign(room.samples, 0);
    for (const size_t i : part.named) {
      if (audible_[i] != 0) interconnect::add(partSum_.data(), room.frame(i).pcm, room.samples);
    }
    return;
  }
  partSum_.assign(room.sum.begin(), room.sum.begin() + static_cast<std::ptrdiff_t>(room.samples));
  for (const size_t i : part.named) {
    if (audible_[i] != 0) subtract(partSum_.data(), room.frame(i).pcm, room.samples);
  }
}

/** What those hear who say nothing, if there are several. */
Frame Mixer::commonFrame(Mix& mix) {
  const Frame frame{everybody_.data(), room_.rate};
  if (!mix.session || std::count(hears_.begin(), hears_.end(), Hears::Everybody) < 2) {
    mix.quietTicks = 0;
    return {nullptr, room_.rate};
  }
  for (size_t i = 0; i < room_.samples; i++) frame.pcm[i] = saturate(room_.sum[i]);
  if (mix.players) std::copy_n(mix.players->over(frame.pcm, frame.rate), room_.samples, frame.pcm);
  mix.quietTicks = LevelMeter::silent(frame.pcm, room_.samples) ? mix.quietTicks + 1 : 0;
  common_.begin(mix.quietTicks >= kPauseTicks);
  return frame;
}

/** Two who hear nobody else. */
void Mixer::pair(Mix& mix) {
  const bool pair = mix.session.has_value() && mix.legs.size() == 2 && !mix.players;
  for (size_t i = 0; i < mix.legs.size(); i++) {
    // Who hears only some of a session may not hear the other one.
    const bool heard = pair && !mix.parts.has(1 - i);
    mix.legs[i]->forward(heard ? mix.legs[1 - i] : nullptr, mix.legsBefore < 2);
  }
  mix.legsBefore = mix.legs.size();
}

void Mixer::play(Mix& mix) {
  // Whose players have ended in the tick before.
  if (mix.players->empty()) return mix.players.reset();
  const bool flows = std::any_of(mix.legs.begin(), mix.legs.end(), [](const Leg* leg) { return leg->receiver().statistics().packets() > 0; });
  // What is still on its way as it came must not cut off its beginning.
  const bool forwards = std::any_of(mix.legs.begin(), mix.legs.end(), [](const Leg* leg) { return leg->sender().forwards(); });
  mix.players->tick(flows && !forwards, room_.rate);
}

void Mixer::tell(MixTap* tap, const Mix& mix, Nanos nominal, const Room* next) {
  if (tap == nullptr) return;
  const MixedTick tick = room_.tick();
  if (next == nullptr) return tap->hear(mix, nominal, audible_.data(), tick, nullptr);
  const MixedTick changed = next->tick();
  tap->hear(mix, nominal, audible_.data(), tick, &changed);
}

void Mixer::add(const Mix& mix, Room& room) {
  if (!mix.session) return;
  room.sum.assign(room.samples, 0);
  for (size_t i = 0; i < mix.legs.size(); i++) {
    if (audible_[i] != 0) interconnect::add(room.sum.data(), room.frame(i).pcm, room.samples);
  }
}

Frame Mixer::heard(Mix& mix, Room& room, size_t leg) {
  const Frame legs = heardOfLegs(mix, room, leg);
  return mix.players ? Frame{mix.players->over(legs.pcm, room.rate), room.rate} : legs;
}

Frame Mixer::heardOfLegs(Mix& mix, Room& room, size_t leg) {
  const Frame own = room.frame(leg);
  const Frame out{room.out.data(), room.rate};
  if (mix.session) {
    // A silent leg's frame is all zeros: leaving it out of the sum and subtracting it gives the same.
    withoutOwn(out.pcm, room.sum.data(), own.pcm, room.samples);
    return out;
  }
  switch (mix.alone) {
    case Mix::Alone::Echo:
      return own;
    case Mix::Alone::Tone:
      mix.tone->generate(out.pcm, room.samples);
      break;
    case Mix::Alone::Relay:
    case Mix::Alone::Silence:
      std::fill_n(out.pcm, room.samples, int16_t{0});
      break;
  }
  return out;
}

}  // namespace interconnect
