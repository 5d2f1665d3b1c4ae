#pragma once
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "audio/call-tone.h"
#include "engine/encoded-once.h"
#include "engine/leg.h"
#include "engine/mix-part.h"
#include "engine/mix-tap.h"
#include "player/player-set.h"

namespace interconnect {

/** Whose legs hear each other: a session; or a leg by itself, which hears silence, a tone, its own echo or another leg. */
struct Mix {
  /** What a leg without a session is given to hear. */
  enum class Alone { Silence, Echo, Tone, Relay };

  /** At which it mixes: the lowest rate that loses nothing for its legs. */
  uint32_t sampleRate = 8000;
  std::vector<Leg*> legs;
  /** Whoever hears some of them alone. */
  MixParts parts;
  /** Nothing for a leg by itself. */
  std::optional<std::string> session;
  Alone alone = Alone::Silence;
  std::optional<CallTone> tone;
  /** How long those who say nothing have heard nothing. */
  size_t quietTicks = 0;
  /** How many legs its last tick had. */
  size_t legsBefore = 0;
  /** What everybody in a session hears; mostly nothing. */
  std::unique_ptr<PlayerSet> players;
  /** Its place in the schedule, and whether it was found as a mix of which nobody is sent anything. */
  size_t slot = 0;
  bool light = false;

  /** @param part whom it hears; nothing: everybody */
  void enter(Leg& leg, const std::optional<HeardLegs>& part);
  void leave(Leg& leg);
  /** But for what is relayed as it comes. */
  bool nobodyIsSent() const;
};

/** The highest rate at which one leg of it says something that another one can hear. */
uint32_t rateFor(const Mix& mix);

/** Does the ticks of mixes, one after the other, in room that they share. */
class Mixer {
 public:
  /** @param tap nullptr: nobody hears */
  void tick(Mix& mix, Nanos nominal, Nanos now, MixTap* tap);

 private:
  /** All that a tick needs at one rate. */
  struct Room {
    uint32_t rate;
    size_t samples;
    std::vector<int16_t> frames;
    std::vector<int32_t> sum;
    std::vector<int16_t> out;

    void resize(uint32_t newRate, size_t legs);
    Frame frame(size_t leg) { return {frames.data() + leg * samples, rate}; }
    MixedTick tick() const { return {rate, samples, sum.data(), frames.data()}; }
  };

  /** @param all whoever listens: everybody is */
  void decodeWhatIsHeard(Mix& mix, bool all);
  void group(Mix& mix);
  void play(Mix& mix);
  void pair(Mix& mix);
  void add(const Mix& mix, Room& room);
  void tell(MixTap* tap, const Mix& mix, Nanos nominal, const Room* next);
  /** What a leg hears, and of it what is no player's. */
  Frame heard(Mix& mix, Room& room, size_t leg);
  Frame commonFrame(Mix& mix);
  Frame heardOfLegs(Mix& mix, Room& room, size_t leg);
  Frame heardOfPart(Mix& mix, const MixPart& part, Room& room);
  void sumOf(const MixPart& part, Room& room);
  /** @param common those who hear everybody have been sent that */
  void transmitParts(Mix& mix, Nanos now, bool common);
  void transmitPartsChanging(Mix& mix, Nanos now);

  Room room_;
  /** Used only in the tick in which a mix goes over to another rate. */
  Room next_;
  std::vector<uint8_t> audible_;
  /** What each leg's frame has in common with others'. */
  enum class Hears : uint8_t { Own, Everybody, Part };
  std::vector<Hears> hears_;
  std::array<int16_t, Resampler::kMaxInput> everybody_;
  EncodedOnce common_;
  std::vector<int32_t> partSum_;
};

}  // namespace interconnect
