#include "recording/timeline.h"

#include <algorithm>
#include <array>

#include "audio/fade-over.h"

namespace interconnect {

Timeline::Timeline(uint32_t sampleRate, Nanos origin, Output output)
    : sampleRate_(sampleRate), origin_(origin), output_(std::move(output)), room_(TrackQueue::kMaxSamples), next_(TrackQueue::kMaxSamples) {}

int64_t Timeline::samplesUntil(Nanos at) const { return nanosToUnits(at - origin_, sampleRate_); }

size_t Timeline::convert(const TrackQueue::Header& header, const int16_t* pcm, int16_t* out) {
  const size_t samples = samplesAt(sampleRate_, header.samples, header.rate);
  converter_.convert(pcm, header.rate, {out, sampleRate_}, samples);
  return samples;
}

void Timeline::tick(const TrackQueue::Header& header, const int16_t* pcm) {
  if (!changing_) {
    // After a pause nothing of what was before it rings on.
    if (samplesUntil(header.at) > static_cast<int64_t>(written_)) converter_ = RateConverter();
    const size_t samples = convert(header, pcm, room_.data());
    changing_ = header.changes;
    if (!changing_) place(header.at, samples);
    return;
  }
  changing_ = false;
  converter_ = RateConverter();
  const size_t samples = convert(header, pcm, next_.data());
  fadeOver(room_.data(), next_.data(), samples, sampleRate_);
  place(header.at, samples);
}

void Timeline::place(Nanos at, size_t samples) {
  silence(at);
  const auto early = static_cast<size_t>(std::max<int64_t>(0, static_cast<int64_t>(written_) - samplesUntil(at)));
  if (early >= samples) return;
  output_(room_.data() + early, samples - early);
  written_ += samples - early;
}

void Timeline::silence(Nanos until) {
  static constexpr std::array<int16_t, TrackQueue::kMaxSamples> kZeros{};
  const int64_t end = samplesUntil(until);
  while (static_cast<int64_t>(written_) < end) {
    const size_t n = std::min(kZeros.size(), static_cast<size_t>(end) - static_cast<size_t>(written_));
    output_(kZeros.data(), n);
    written_ += n;
  }
}

}  // namespace interconnect
