#include "dtmf/tone-sender.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "dtmf/tone-pair.h"

namespace interconnect {
namespace {

constexpr uint32_t kUnitsPerSecond = 48'000;
constexpr uint32_t kUnitsPerMs = kUnitsPerSecond / 1000;
constexpr uint32_t kRampUnits = 5 * kUnitsPerMs;
constexpr double kLowDbm0 = -11;
constexpr double kHighDbm0 = -9;
constexpr double kHalfPi = 1.5707963267948966;
constexpr size_t kChunk = 240;

int16_t saturate(long value) { return static_cast<int16_t>(std::clamp(value, -32768L, 32767L)); }

/** Half a cosine up from the beginning of a tone and down to its end. */
double gainAt(uint32_t at, uint32_t length) {
  const uint32_t fromEdge = std::min(at, length - 1 - at);
  if (fromEdge >= kRampUnits) return 1;
  const double s = std::sin(kHalfPi * fromEdge / kRampUnits);
  return s * s;
}

}  // namespace

ToneSender::Sent ToneSender::write(int16_t* pcm, size_t samples, uint32_t rate) {
  Sent sent;
  while (samples > 0) {
    const size_t written = part(pcm, std::min(samples, kChunk), rate, sent);
    pcm += written;
    samples -= written;
  }
  return sent;
}

/** Up to the next edge; how far that was. */
size_t ToneSender::part(int16_t* pcm, size_t samples, uint32_t rate, Sent& sent) {
  const uint32_t unit = kUnitsPerSecond / rate;
  const bool waiting = queue_.size() > 0;
  const DigitQueue::Item item = waiting ? queue_.front() : DigitQueue::Item{DigitQueue::kPause, 0, 0};
  const uint32_t tone = item.toneMs * kUnitsPerMs;
  const uint32_t whole = tone + item.gapMs * kUnitsPerMs;
  if (waiting) {
    const uint32_t edge = elapsed_ < tone ? tone : whole;
    samples = std::min<size_t>(samples, (edge - elapsed_ + unit - 1) / unit);
  }
  const float step = static_cast<float>(samples * unit) / kRampUnits;
  const float voice = item.isTone() ? std::max(0.0F, voice_ - step) : std::min(1.0F, voice_ + step);
  for (size_t i = 0; i < samples; ++i) {
    const float moved = static_cast<float>((i + 1) * unit) / kRampUnits;
    const float gain = item.isTone() ? std::max(0.0F, voice_ - moved) : std::min(1.0F, voice_ + moved);
    pcm[i] = static_cast<int16_t>(std::lrint(gain * pcm[i]));
  }
  voice_ = voice;
  if (!waiting) return samples;
  if (item.isTone() && elapsed_ < tone) sound(item, pcm, samples, rate);
  const bool wasOn = elapsed_ < tone;
  elapsed_ += static_cast<uint32_t>(samples) * unit;
  if (wasOn && elapsed_ >= tone) {
    sent.digits += item.isTone() ? 1 : 0;
    sent.done = queue_.size() == 1;
    tones_.reset();
  }
  if (elapsed_ >= whole) {
    queue_.pop();
    elapsed_ = 0;
  }
  return samples;
}

void ToneSender::sound(const DigitQueue::Item& item, int16_t* pcm, size_t samples, uint32_t rate) {
  if (!tones_ || tones_->rate != rate) {
    const TonePair pair = tonePairOf(item.event);
    tones_ = Tones{rate, Tone(rate, pair.lowHz, kLowDbm0 + kDbm0InDbov), Tone(rate, pair.highHz, kHighDbm0 + kDbm0InDbov)};
  }
  std::array<int16_t, kChunk> low;
  std::array<int16_t, kChunk> high;
  tones_->low.generate(low.data(), samples);
  tones_->high.generate(high.data(), samples);
  const uint32_t unit = kUnitsPerSecond / rate;
  for (size_t i = 0; i < samples; ++i) {
    const double gain = gainAt(elapsed_ + static_cast<uint32_t>(i) * unit, item.toneMs * kUnitsPerMs);
    pcm[i] = saturate(pcm[i] + std::lrint(gain * (low[i] + high[i])));
  }
}

uint32_t ToneSender::queuedMs() const {
  const uint32_t total = queue_.totalMs();
  const uint32_t passed = elapsed_ / kUnitsPerMs;
  return total > passed ? total - passed : 0;
}

}  // namespace interconnect
