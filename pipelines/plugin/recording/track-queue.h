#pragma once
#include <algorithm>
#include <array>
#include <cstring>

#include "audio/resampler.h"
#include "base/spsc-ring.h"
#include "clock/nanos.h"

namespace interconnect {

/** Ticks of audio on their way from the loop to the thread that writes them. */
class TrackQueue {
 public:
  struct Header {
    /** When the tick takes place, on the recording's clock. */
    Nanos at;
    uint32_t rate;
    uint32_t samples;
    /** What follows is the same tick once more, at the rate at which the audio goes on. */
    bool changes;
  };
  static constexpr size_t kMaxSamples = Resampler::kMaxInput;

  /** Audio that a disk may keep waiting: 0.7 s at 48 kHz, 4 s at 8 kHz (128 KB). */
  TrackQueue() : ring_(65'536) {}

  /** All of it or, when the disk does not keep up, nothing. */
  bool push(const Header& header, const int16_t* pcm) {
    if (!hasRoom(header.samples)) return false;
    std::array<int16_t, kHeaderUnits + kMaxSamples> room;
    std::memcpy(room.data(), &header, sizeof header);
    std::copy_n(pcm, header.samples, room.data() + kHeaderUnits);
    ring_.push(room.data(), kHeaderUnits + header.samples);
    return true;
  }
  /** Of one tick, or of two: for the first one's caller to know that the second one will fit. */
  bool hasRoom(size_t samples, size_t next = 0) const {
    const size_t needed = kHeaderUnits + samples + (next > 0 ? kHeaderUnits + next : 0);
    return ring_.capacity() - ring_.size() >= needed;
  }

  /** @param pcm has room for kMaxSamples */
  bool pop(Header& header, int16_t* pcm) {
    std::array<int16_t, kHeaderUnits> room;
    // A push is seen as a whole: behind a header is its audio.
    if (ring_.pop(room.data(), kHeaderUnits) == 0) return false;
    std::memcpy(&header, room.data(), sizeof header);
    ring_.pop(pcm, header.samples);
    return true;
  }

 private:
  static constexpr size_t kHeaderUnits = (sizeof(Header) + 1) / sizeof(int16_t);
  SpscRing<int16_t> ring_;
};

}  // namespace interconnect
