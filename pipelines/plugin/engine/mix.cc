#include "engine/mix.h"

#include <algorithm>

#include "engine/tick.h"

namespace interconnect {
namespace {

void add(int32_t* sum, const int16_t* frame, size_t n) {
  for (size_t i = 0; i < n; i++) sum[i] += frame[i];
}

int16_t saturate(int32_t value) { return static_cast<int16_t>(std::clamp(value, -32768, 32767)); }

void withoutOwn(int16_t* out, const int32_t* sum, const int16_t* own, size_t n) {
  for (size_t i = 0; i < n; i++) out[i] = saturate(sum[i] - own[i]);
}

}  // namespace

void Mixer::tick(Mix& mix, Nanos nominal, Nanos now) {
  const size_t samples = mix.sampleRate * kTick / kSecond;
  if (!mix.session && mix.alone == Mix::Alone::Relay) {
    for (Leg* leg : mix.legs) leg->relayTick(nominal, now, samples);
    return;
  }
  frames_.resize(std::max(frames_.size(), mix.legs.size() * samples));
  audible_.resize(mix.legs.size());
  for (size_t i = 0; i < mix.legs.size(); i++) {
    audible_[i] = mix.legs[i]->receive(nominal, now, frame(i, samples), samples) ? 1 : 0;
  }
  out_.resize(samples);
  if (mix.session) hearOthers(mix, now, samples);
  else hearAlone(mix, now, samples);
}

void Mixer::hearOthers(Mix& mix, Nanos now, size_t samples) {
  sum_.assign(samples, 0);
  for (size_t i = 0; i < mix.legs.size(); i++) {
    if (audible_[i] != 0) add(sum_.data(), frame(i, samples), samples);
  }
  for (size_t i = 0; i < mix.legs.size(); i++) {
    // A silent leg's frame is all zeros: leaving it out of the sum and subtracting it gives the same.
    withoutOwn(out_.data(), sum_.data(), frame(i, samples), samples);
    mix.legs[i]->transmit(now, out_.data(), samples);
  }
}

void Mixer::hearAlone(Mix& mix, Nanos now, size_t samples) {
  for (size_t i = 0; i < mix.legs.size(); i++) {
    const int16_t* hears = out_.data();
    switch (mix.alone) {
      case Mix::Alone::Echo:
        hears = frame(i, samples);
        break;
      case Mix::Alone::Tone:
        mix.tone->generate(out_.data(), samples);
        break;
      case Mix::Alone::Relay:
      case Mix::Alone::Silence:
        std::fill(out_.begin(), out_.end(), int16_t{0});
        break;
    }
    mix.legs[i]->transmit(now, hears, samples);
  }
}

}  // namespace interconnect
