#include "audio/tone.h"

#include <algorithm>
#include <cmath>

namespace interconnect {
namespace {

constexpr double kTwoPi = 6.283185307179586;
constexpr double kFullScale = 32767.0;

}  // namespace

Tone::Tone(uint32_t sampleRate, double frequencyHz, double levelDbov)
    : step_(kTwoPi * frequencyHz / sampleRate),
      amplitude_(std::min(kFullScale, 32768.0 * std::sqrt(2.0) * std::pow(10.0, levelDbov / 20))) {}

void Tone::generate(int16_t* out, size_t n) {
  // A rotating pointer costs four multiplications a sample; it is set anew with every block, so no error adds up.
  const double turnCos = std::cos(step_);
  const double turnSin = std::sin(step_);
  double x = amplitude_ * std::cos(phase_);
  double y = amplitude_ * std::sin(phase_);
  for (size_t i = 0; i < n; ++i) {
    out[i] = static_cast<int16_t>(std::lrint(y));
    const double turned = x * turnCos - y * turnSin;
    y = x * turnSin + y * turnCos;
    x = turned;
  }
  phase_ = std::fmod(phase_ + step_ * static_cast<double>(n), kTwoPi);
}

}  // namespace interconnect
