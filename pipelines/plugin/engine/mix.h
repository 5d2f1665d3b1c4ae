#pragma once
#include <optional>
#include <string>
#include <vector>

#include "audio/call-tone.h"
#include "engine/leg.h"

namespace interconnect {

/** Whose legs hear each other: a session; or a leg by itself, which hears silence, a tone, its own echo or another leg. */
struct Mix {
  /** What a leg without a session is given to hear. */
  enum class Alone { Silence, Echo, Tone, Relay };

  /** At which it mixes: the lowest rate that loses nothing for its legs. */
  uint32_t sampleRate = 8000;
  std::vector<Leg*> legs;
  /** Nothing for a leg by itself. */
  std::optional<std::string> session;
  Alone alone = Alone::Silence;
  std::optional<CallTone> tone;
  /** Its place in the schedule. */
  size_t slot = 0;
};

/** Does the ticks of mixes, one after the other, in room that they share. */
class Mixer {
 public:
  void tick(Mix& mix, Nanos nominal, Nanos now);

 private:
  void hearAlone(Mix& mix, Nanos now, size_t samples);
  void hearOthers(Mix& mix, Nanos now, size_t samples);
  int16_t* frame(size_t leg, size_t samples) { return frames_.data() + leg * samples; }

  std::vector<int16_t> frames_;
  std::vector<uint8_t> audible_;
  std::vector<int32_t> sum_;
  std::vector<int16_t> out_;
};

}  // namespace interconnect
