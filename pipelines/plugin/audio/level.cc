#include "audio/level.h"

#include <algorithm>
#include <cmath>

namespace interconnect {
namespace {

constexpr double kFullScale = 32768.0;
constexpr double kSilenceDbov = -127.0;
constexpr double kQuietestToneDbov = -50.0;
/** The largest value of µ-law; A-law's is 32256. */
constexpr int kClipped = 32124;
/** 10^(kSilentDbov / 10) of full scale, squared. */
constexpr double kSilentEnergy = kFullScale * kFullScale * 1e-6;
static_assert(LevelMeter::kSilentDbov == -60, "kSilentEnergy goes with it");

bool crossesUpward(int16_t before, int16_t after) { return before < 0 && after >= 0; }

// Each leg is measured twice a tick: sums of 16 and 32 bits, of which compilers make vectors, and so few samples that they hold.
constexpr size_t kPart = 16'384;

int64_t energyOf(const int16_t* pcm, size_t n) {
  int64_t energy = 0;
  for (size_t at = 0; at < n; at += kPart) {
    const size_t end = std::min(n, at + kPart);
    int32_t low = 0;
    int32_t high = 0;
    for (size_t i = at; i < end; ++i) {
      const int32_t square = pcm[i] * pcm[i];
      low += square & 0xffff;
      high += square >> 16;
    }
    energy += (int64_t{high} << 16) + low;
  }
  return energy;
}

bool isSilent(int64_t energy, size_t samples) {
  return static_cast<double>(energy) < kSilentEnergy * static_cast<double>(samples);
}

/** Of at most 65,535 samples. */
uint16_t crossingsIn(const int16_t* pcm, size_t n) {
  uint16_t crossings = 0;
  for (size_t i = 1; i < n; ++i) crossings = static_cast<uint16_t>(crossings + (crossesUpward(pcm[i - 1], pcm[i]) ? 1 : 0));
  return crossings;
}

int peakOf(const int16_t* pcm, size_t n) {
  int16_t highest = 0;
  int16_t lowest = 0;
  for (size_t i = 0; i < n; ++i) {
    highest = std::max(highest, pcm[i]);
    lowest = std::min(lowest, pcm[i]);
  }
  return std::max<int>(highest, -lowest);
}

/** Where between `index` − 1 and `index` the signal is zero. */
float crossing(int16_t before, int16_t after, size_t index) {
  const float rise = static_cast<float>(after - before);
  return static_cast<float>(index) - static_cast<float>(after) / rise;
}

}  // namespace

void LevelMeter::add(const int16_t* pcm, size_t n) {
  if (n == 0) return;
  Block block;
  block.samples = static_cast<uint16_t>(std::min<size_t>(n, UINT16_MAX));
  const int64_t energy = energyOf(pcm, n);
  count(pcm, n, energy);
  block.energy = static_cast<float>(energy);
  block.crossings = static_cast<uint16_t>(crossingsIn(pcm, n) + (crossesUpward(previous_, pcm[0]) ? 1 : 0));

  if (block.crossings > 0) {
    const auto before = [&](size_t i) { return i == 0 ? previous_ : pcm[i - 1]; };
    size_t first = 0;
    while (!crossesUpward(before(first), pcm[first])) ++first;
    size_t last = n - 1;
    while (!crossesUpward(before(last), pcm[last])) --last;
    block.first = crossing(before(first), pcm[first], first);
    block.last = crossing(before(last), pcm[last], last);
  }
  previous_ = pcm[n - 1];
  push(block);
}

void LevelMeter::count(const int16_t* pcm, size_t n, int64_t energy) {
  const int peak = peakOf(pcm, n);
  peak_ = std::max(peak_, peak);
  if (peak >= kClipped) {
    totals_.clipped += static_cast<uint64_t>(
        std::count_if(pcm, pcm + n, [](int16_t sample) { return sample >= kClipped || sample <= -kClipped; }));
  }
  totals_.energy += static_cast<double>(energy);
  totals_.samples += n;
  const bool quiet = isSilent(energy, n);
  if (quiet) totals_.silent += n;
  sinceSound_ = quiet ? sinceSound_ + n : 0;
}

bool LevelMeter::silent(const int16_t* pcm, size_t n) { return isSilent(energyOf(pcm, n), n); }

int LevelMeter::takePeak() {
  const int peak = peak_;
  peak_ = 0;
  return peak;
}

void LevelMeter::setRate(uint32_t sampleRate) {
  const uint64_t sinceSound = sinceSound_ * sampleRate / sampleRate_;
  clear();
  sinceSound_ = sinceSound;
  sampleRate_ = sampleRate;
}

void LevelMeter::clear() {
  blocks_ = {};
  next_ = filled_ = 0;
  previous_ = 0;
  sinceSound_ = 0;
}

void LevelMeter::addSilence(size_t n) {
  Block block;
  block.samples = static_cast<uint16_t>(std::min<size_t>(n, UINT16_MAX));
  previous_ = 0;
  sinceSound_ += n;
  push(block);
}

void LevelMeter::push(const Block& block) {
  blocks_[next_] = block;
  next_ = (next_ + 1) % kBlocks;
  filled_ = std::min(filled_ + 1, kBlocks);
}

std::optional<double> LevelMeter::levelDbov() const {
  double energy = 0;
  double samples = 0;
  for (const Block& block : blocks_) {
    energy += static_cast<double>(block.energy);
    samples += block.samples;
  }
  if (samples == 0) return std::nullopt;
  const double rms = std::sqrt(energy / samples);
  return std::max(kSilenceDbov, 20 * std::log10(std::max(rms, 1e-9) / kFullScale));
}

std::optional<double> LevelMeter::frequencyHz() const {
  const std::optional<double> level = levelDbov();
  if (!level || *level < kQuietestToneDbov) return std::nullopt;
  double position = 0;
  double first = 0;
  double last = 0;
  uint32_t crossings = 0;
  const size_t oldest = filled_ == kBlocks ? next_ : 0;
  for (size_t i = 0; i < filled_; ++i) {
    const Block& block = blocks_[(oldest + i) % kBlocks];
    if (block.crossings > 0) {
      if (crossings == 0) first = position + static_cast<double>(block.first);
      last = position + static_cast<double>(block.last);
      crossings += block.crossings;
    }
    position += block.samples;
  }
  if (crossings < 2) return std::nullopt;
  return (crossings - 1) * static_cast<double>(sampleRate_) / (last - first);
}

}  // namespace interconnect
