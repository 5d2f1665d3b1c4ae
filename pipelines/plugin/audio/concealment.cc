#include "audio/concealment.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "audio/linear-prediction.h"

namespace interconnect {
namespace {

// G.711 Appendix I: pitch of 5–15 ms, compared over 20 ms; full level for 10 ms, then 20 % less every 10 ms.
constexpr size_t kMinPitchPerSecond = 200;
constexpr size_t kMaxPitchMs = 15;
constexpr size_t kWindowMs = 20;
constexpr size_t kFullMs = 10;
constexpr size_t kSilentMs = 60;
/** Over so long the signal rings on while the repetition is faded in: it joins on in slope, too. */
constexpr size_t kRingMs = 4;
constexpr size_t kRingWindowMs = 20;
constexpr size_t kMaxPeriods = 3;
constexpr size_t kCoarseRate = 4000;
constexpr size_t kCoarseWindow = kWindowMs * kCoarseRate / 1000;
constexpr size_t kCoarseLongest = kMaxPitchMs * kCoarseRate / 1000;

int16_t toSample(float value) { return static_cast<int16_t>(std::lrint(std::clamp(value, -32768.0f, 32767.0f))); }

/** How far a cross-fade has come at its `i`th of `n` samples: never quite 0, never quite 1, and smooth at both ends. */
float fade(size_t i, size_t n) {
  const float t = static_cast<float>(i + 1) / static_cast<float>(n + 1);
  return t * t * (3 - 2 * t);
}

/** Likeness of the last `window` of `x` to what lies `lag` before it, scaled by the latter's energy. */
template <typename T>
float likeness(const T* end, size_t window, size_t lag) {
  const T* now = end - window;
  const T* then = now - lag;
  float product = 0;
  float energy = 0;
  for (size_t i = 0; i < window; ++i) {
    product += static_cast<float>(now[i]) * static_cast<float>(then[i]);
    energy += static_cast<float>(then[i]) * static_cast<float>(then[i]);
  }
  // Near-silence is like everything: the floor keeps it from being chosen.
  return product / std::sqrt(energy + static_cast<float>(window));
}

}  // namespace

Concealment::Concealment(uint32_t sampleRate)
    : rate_(sampleRate),
      minPitch_(sampleRate / kMinPitchPerSecond),
      maxPitch_(sampleRate * kMaxPitchMs / 1000),
      history_(maxPitch_ * kMaxPeriods + maxPitch_ / 4 + 1),
      source_(history_.size()) {
  loop_.samples.resize(maxPitch_ * kMaxPeriods);
  former_.samples.resize(maxPitch_ * kMaxPeriods);
  ring_.resize(sampleRate * kRingMs / 1000);
}

void Concealment::good(int16_t* pcm, size_t n) {
  if (concealing_) {
    concealing_ = false;
    // Appendix I.2.4: the longer the gap, the longer the way back, up to 10 ms more.
    const size_t length = std::min(n, overlap_ + std::min(made_ * 2 / 5, rate_ / 100));
    for (size_t i = 0; i < length; ++i) {
      const float in = fade(i, length);
      pcm[i] = toSample(static_cast<float>(next()) * (1 - in) + static_cast<float>(pcm[i]) * in);
    }
  }
  remember(pcm, n);
}

void Concealment::conceal(int16_t* out, size_t n) {
  if (!concealing_) begin();
  for (size_t i = 0; i < n; ++i) {
    // One period alone would buzz (Appendix I.2.3).
    if (periods_ < kMaxPeriods && made_ == periods_ * rate_ / 100) repeat(periods_ + 1);
    out[i] = next();
  }
  remember(out, n);
}

void Concealment::gap() {
  if (!concealing_) begin();
}

void Concealment::reset() {
  concealing_ = false;
  std::fill(history_.begin(), history_.end(), int16_t{0});
}

void Concealment::begin() {
  concealing_ = true;
  source_ = history_;
  pitch_ = findPitch();
  overlap_ = pitch_ / 4;
  made_ = 0;
  repeat(1);
  formerLeft_ = 0;
  const size_t window = rate_ * kRingWindowMs / 1000;
  ringOn(source_.data() + source_.size() - window, window, ring_.data(), ring_.size());
}

/** Loops over the last `periods` of the signal; their end is blended into what came before them, so that it joins. */
void Concealment::repeat(size_t periods) {
  periods_ = periods;
  std::swap(loop_, former_);
  formerLeft_ = overlap_;
  loop_.size = periods * pitch_;
  loop_.position = periods == 1 ? 0 : former_.position;

  const int16_t* begin = source_.data() + source_.size() - loop_.size;
  std::copy(begin, begin + loop_.size, loop_.samples.begin());
  int16_t* tail = loop_.samples.data() + loop_.size - overlap_;
  const int16_t* before = begin - overlap_;
  for (size_t i = 0; i < overlap_; ++i) {
    const float in = fade(i, overlap_);
    tail[i] = toSample(static_cast<float>(tail[i]) * (1 - in) + static_cast<float>(before[i]) * in);
  }
}

int16_t Concealment::next() {
  float sample = loop_.next();
  if (formerLeft_ > 0) {
    const float out = fade(--formerLeft_, overlap_);
    sample = sample * (1 - out) + static_cast<float>(former_.next()) * out;
  }
  if (made_ < ring_.size()) sample += (ring_[made_] - sample) * (1 - fade(made_, ring_.size()));
  sample *= gain();
  ++made_;
  return toSample(sample);
}

float Concealment::gain() const {
  const size_t full = rate_ * kFullMs / 1000;
  const size_t silent = rate_ * kSilentMs / 1000;
  if (made_ <= full) return 1;
  if (made_ >= silent) return 0;
  return static_cast<float>(silent - made_) / static_cast<float>(silent - full);
}

void Concealment::remember(const int16_t* pcm, size_t n) {
  const size_t kept = history_.size() - std::min(n, history_.size());
  std::memmove(history_.data(), history_.data() + history_.size() - kept, kept * sizeof(int16_t));
  std::copy(pcm + n - (history_.size() - kept), pcm + n, history_.data() + kept);
}

/** Coarse at 4 kHz, then to the sample: at 48 kHz a search at full rate would take a tenth of a tick. */
size_t Concealment::findPitch() const {
  const size_t decimation = rate_ / kCoarseRate;
  std::array<float, kCoarseWindow + kCoarseLongest> coarse{};
  const int16_t* in = source_.data() + source_.size() - coarse.size() * decimation;
  for (float& value : coarse) {
    for (size_t i = 0; i < decimation; ++i) value += static_cast<float>(*in++);
  }
  size_t bestLag = kCoarseLongest;
  float best = 0;
  for (size_t lag = minPitch_ / decimation; lag <= kCoarseLongest; ++lag) {
    const float like = likeness(coarse.data() + coarse.size(), kCoarseWindow, lag);
    if (like > best) {
      best = like;
      bestLag = lag;
    }
  }

  const size_t window = rate_ * kWindowMs / 1000;
  const size_t from = std::max(minPitch_, bestLag * decimation - (decimation - 1));
  const size_t to = std::min(maxPitch_, bestLag * decimation + (decimation - 1));
  size_t pitch = from;
  best = 0;
  for (size_t lag = from; lag <= to; ++lag) {
    const float like = likeness(source_.data() + source_.size(), window, lag);
    if (like > best) {
      best = like;
      pitch = lag;
    }
  }
  return pitch;
}

}  // namespace interconnect
