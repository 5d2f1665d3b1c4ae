#pragma once

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "audio/tone.h"
#include "dtmf/tone-pair.h"

/** Digits as tones, as good and as bad as a far end may send them. */
namespace digit_tones {

using Samples = std::vector<int16_t>;

inline int16_t toSample(double value) { return static_cast<int16_t>(std::lrint(std::clamp(value, -32768.0, 32767.0))); }

struct Press {
  double lowDbm0 = -11;
  double highDbm0 = -9;
  /** How far each frequency is off, per cent. */
  double lowOff = 0;
  double highOff = 0;
  double ms = 60;
  double pauseMs = 60;
};

inline Samples silence(uint32_t rate, double ms) { return Samples(static_cast<size_t>(std::lrint(rate * ms / 1000)), 0); }

inline void append(Samples& to, const Samples& more) { to.insert(to.end(), more.begin(), more.end()); }

inline Samples tones(uint32_t rate, char digit, const Press& press = {}) {
  const auto pair = interconnect::tonePairOf(interconnect::eventOfDigit(digit).value_or(0));
  using interconnect::kDbm0InDbov;
  Samples low = silence(rate, press.ms);
  Samples high = low;
  interconnect::Tone(rate, pair.lowHz * (1 + press.lowOff / 100), press.lowDbm0 + kDbm0InDbov).generate(low.data(), low.size());
  interconnect::Tone(rate, pair.highHz * (1 + press.highOff / 100), press.highDbm0 + kDbm0InDbov).generate(high.data(), high.size());
  for (size_t i = 0; i < low.size(); ++i) low[i] = toSample(double{1} * low[i] + high[i]);
  return low;
}

/** Each with its pause behind it. */
inline Samples dialled(uint32_t rate, const std::string& digits, const Press& press = {}) {
  Samples all;
  for (const char digit : digits) {
    append(all, tones(rate, digit, press));
    append(all, silence(rate, press.pauseMs));
  }
  return all;
}

/** With Gaussian noise so far below the tones of a usual press (whose power is −6.9 dBm0). */
inline Samples noisy(Samples samples, double snrDb, uint32_t seed = 1) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal(0, 32768 * std::pow(10, (-6.9 + interconnect::kDbm0InDbov - snrDb) / 20));
  for (int16_t& sample : samples) sample = toSample(sample + normal(random));
  return samples;
}

}  // namespace digit_tones
