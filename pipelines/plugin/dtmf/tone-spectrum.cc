#include "dtmf/tone-spectrum.h"

#include <cmath>

#include "dtmf/tone-pair.h"

namespace interconnect {
namespace {

constexpr double kTwoPi = 6.283185307179586;

double frequencyOf(size_t tone) { return tone < kLowGroupHz.size() ? kLowGroupHz[tone] : kHighGroupHz[tone - kLowGroupHz.size()]; }

}  // namespace

ToneSpectrum::Table::Table(uint32_t sampleRate) : blockSamples(sampleRate / kBlocksPerSecond), cosine(), sine(), back(), leak() {
  const size_t windowSamples = kWindowBlocks * blockSamples;
  for (size_t i = 0; i < kTones; ++i) {
    const double step = kTwoPi * frequencyOf(i) / sampleRate;
    for (size_t n = 0; n < blockSamples; ++n) {
      cosine[n][i] = static_cast<float>(std::cos(step * static_cast<double>(n)));
      sine[n][i] = static_cast<float>(std::sin(step * static_cast<double>(n)));
    }
    back[i] = std::polar(1.0F, static_cast<float>(-std::fmod(step * static_cast<double>(blockSamples), kTwoPi)));
  }
  for (size_t low = 0; low < kLowGroupHz.size(); ++low) {
    for (size_t high = 0; high < kHighGroupHz.size(); ++high) {
      const double step = kTwoPi * (kHighGroupHz[high] - kLowGroupHz[low]) / sampleRate;
      std::complex<double> sum;
      for (size_t n = 0; n < windowSamples; ++n) sum += std::polar(1.0, step * static_cast<double>(n));
      leak[low][high] = std::complex<float>(sum / static_cast<double>(windowSamples));
    }
  }
}

const ToneSpectrum::Table& ToneSpectrum::tableOf(uint32_t sampleRate) {
  static const Table narrow(8000);
  static const Table wide(16000);
  static const Table full(48000);
  return sampleRate == 48000 ? full : sampleRate == 16000 ? wide : narrow;
}

ToneSpectrum::ToneSpectrum(uint32_t sampleRate) : table_(tableOf(sampleRate)) {}

void ToneSpectrum::add(const int16_t* block) {
  newest_ = (newest_ + 1) % kWindowBlocks;
  std::array<float, kTones> real{};
  std::array<float, kTones> imaginary{};
  float energy = 0;
  for (size_t n = 0; block != nullptr && n < table_.blockSamples; ++n) {
    const float x = block[n];
    energy += x * x;
    // Eight lanes side by side: the compiler makes vector instructions of it.
    for (size_t i = 0; i < kTones; ++i) real[i] += x * table_.cosine[n][i];
    for (size_t i = 0; i < kTones; ++i) imaginary[i] -= x * table_.sine[n][i];
  }
  energies_[newest_] = energy;
  for (size_t i = 0; i < kTones; ++i) blocks_[newest_][i] = {real[i], imaginary[i]};

  const auto samples = static_cast<float>(kWindowBlocks * table_.blockSamples);
  const Sums& first = blocks_[(newest_ + 1) % kWindowBlocks];
  const Sums& second = blocks_[(newest_ + 2) % kWindowBlocks];
  const Sums& third = blocks_[newest_];
  for (size_t i = 0; i < kTones; ++i) {
    const std::complex<float> back = table_.back[i];
    window_[i] = (first[i] + back * (second[i] + back * third[i])) * (2 / samples);
  }
  power_ = (energies_[0] + energies_[1] + energies_[2]) / samples;
}

ToneSpectrum::Pair ToneSpectrum::pair(size_t low, size_t high) const {
  const std::complex<float> leak = table_.leak[low][high];
  const std::complex<float> a = window_[low];
  const std::complex<float> b = window_[kLowGroupHz.size() + high];
  const float rest = 1 - std::norm(leak);
  return {(a - leak * b) / rest, (b - std::conj(leak) * a) / rest};
}

}  // namespace interconnect
