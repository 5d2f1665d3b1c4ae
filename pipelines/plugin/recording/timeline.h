#pragma once
#include <functional>
#include <vector>

#include "audio/rate-converter.h"
#include "recording/track-queue.h"

namespace interconnect {

/**
 * Audio that comes in ticks, each with its time, as one stream at one rate: what is missing is silence, what comes twice is
 * left out, and a change of rate is not heard.
 */
class Timeline {
 public:
  using Output = std::function<void(const int16_t* pcm, size_t n)>;
  /** @param origin time of the stream's first sample */
  Timeline(uint32_t sampleRate, Nanos origin, Output output);

  void tick(const TrackQueue::Header& header, const int16_t* pcm);
  /** There was nothing up to that time. */
  void silence(Nanos until);
  /** Samples given to the output. */
  uint64_t written() const { return written_; }

 private:
  size_t convert(const TrackQueue::Header& header, const int16_t* pcm, int16_t* out);
  void place(Nanos at, size_t samples);
  int64_t samplesUntil(Nanos at) const;

  const uint32_t sampleRate_;
  const Nanos origin_;
  const Output output_;
  RateConverter converter_;
  std::vector<int16_t> room_;
  std::vector<int16_t> next_;
  /** The tick in room_ waits for its other half. */
  bool changing_ = false;
  uint64_t written_ = 0;
};

}  // namespace interconnect
