#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "audio/tone.h"

/** Signals that tests listen to. All are mono at `rate`, and the same every time. */
namespace synthetic {

using Samples = std::vector<int16_t>;

inline int16_t toSample(double value) { return static_cast<int16_t>(std::lrint(std::clamp(value, -32768.0, 32767.0))); }

inline size_t msOf(uint32_t rate, double ms) { return static_cast<size_t>(std::lrint(rate * ms / 1000)); }

inline Samples tone(uint32_t rate, double hz, double seconds, double levelDbov = -12) {
  Samples samples(static_cast<size_t>(rate * seconds));
  interconnect::Tone(rate, hz, levelDbov).generate(samples.data(), samples.size());
  return samples;
}

inline Samples sum(Samples a, const Samples& b) {
  for (size_t i = 0; i < a.size(); ++i) a[i] = toSample(double{static_cast<double>(a[i])} + b[i]);
  return a;
}

/** A sound with a steady pitch and overtones, as a sung vowel has. */
inline Samples vowel(uint32_t rate, double pitchHz, double seconds) {
  Samples samples(static_cast<size_t>(rate * seconds));
  for (size_t i = 0; i < samples.size(); ++i) {
    const double t = 2 * M_PI * pitchHz * static_cast<double>(i) / rate;
    samples[i] = toSample(5000 * std::sin(t) + 2500 * std::sin(2 * t + 1) + 1200 * std::sin(5 * t + 2));
  }
  return samples;
}

/** White noise through a one-pole low-pass. */
inline Samples noise(uint32_t rate, double seconds, double amplitude = 2000, uint32_t seed = 1) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal(0, amplitude);
  Samples samples(static_cast<size_t>(rate * seconds));
  double state = 0;
  for (int16_t& sample : samples) sample = toSample(state = 0.5 * state + normal(random));
  return samples;
}

/** A second-order resonance, as a formant is; it may be tuned while it rings. */
class Formant {
 public:
  Formant(uint32_t rate, double bandwidthHz) : rate_(rate), radius_(std::exp(-M_PI * bandwidthHz / rate)) {}
  double operator()(double in, double hz) {
    const double turn = 2 * radius_ * std::cos(2 * M_PI * hz / rate_);
    const double out = (1 - radius_) * in + turn * a_ - radius_ * radius_ * b_;
    b_ = a_;
    return a_ = out;
  }

 private:
  double rate_;
  double radius_;
  double a_ = 0;
  double b_ = 0;
};

/**
 * Speech-like: vowels (glottal pulses of a pitch that glides, through three formants) and hisses of 80–250 ms each that
 * glide into each other, and pauses of 100–500 ms with a faint noise.
 */
inline Samples speech(uint32_t rate, double seconds, double pitchHz, uint32_t seed = 1) {
  std::mt19937 random(seed);
  const auto within = [&](double low, double high) { return std::uniform_real_distribution<double>(low, high)(random); };
  std::normal_distribution<double> normal(0, 1);
  // What the mouth is to do, and where it is on its way there.
  struct Mouth {
    double voice = 0, hiss = 0, pitch = 0, first = 0, second = 0, third = 0;
  };
  Mouth aim;
  Mouth is{0, 0, pitchHz, 500, 1500, 2500};
  Formant flow(rate, 120);
  Formant first(rate, 80);
  Formant second(rate, 120);
  Formant third(rate, 200);
  const double glide = 1 - std::exp(-1000.0 / (8.0 * rate));
  std::vector<double> made(static_cast<size_t>(rate * seconds));
  double phase = 0;
  size_t left = 0;
  for (double& sample : made) {
    if (left == 0) {
      const auto kind = random() % 5;
      left = msOf(rate, kind == 0 ? within(100, 500) : within(80, 250));
      aim = {kind > 1 ? within(0.6, 1) : 0, kind == 1 ? within(0.02, 0.06) : 0, pitchHz * within(0.85, 1.2),
             within(300, 800), within(900, 2000), within(2200, 3200)};
    }
    --left;
    for (const auto part : {&Mouth::voice, &Mouth::hiss, &Mouth::first, &Mouth::second, &Mouth::third}) {
      is.*part += glide * (aim.*part - is.*part);
    }
    is.pitch += glide / 10 * (aim.pitch - is.pitch);
    phase += is.pitch / rate;
    // Closed glottis, then a flow that rises and falls.
    if (phase >= 1) phase -= 1;
    const double pulse = phase < 0.6 ? std::pow(std::sin(M_PI * phase / 0.6), 2) * phase : 0;
    const double source = flow(pulse * is.voice, 100) + is.voice * 0.002 * normal(random);
    sample = first(source, is.first) + 0.5 * second(source, is.second) + 0.3 * third(source, is.third) +
             is.hiss * 0.02 * normal(random);
  }
  double loudest = 0;
  for (const double sample : made) loudest = std::max(loudest, std::fabs(sample));
  Samples samples(made.size());
  for (size_t i = 0; i < made.size(); ++i) samples[i] = toSample(16000 * made[i] / loudest + 6 * normal(random));
  return samples;
}

}  // namespace synthetic
