#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "audio/tone.h"
#include "dtmf/digit-queue.h"

namespace interconnect {

/**
 * Digits and pauses waiting to be sent as tones (ITU-T Q.23: the low one at −11 dBm0, the high one at −9) in the place
 * of what is said: in tones and in the gaps between them nothing else is heard, in pauses the voice goes on. All edges
 * last 5 ms, within the tone's length.
 */
class ToneSender {
 public:
  /** As DigitQueue::add. */
  bool queue(std::string_view digits, uint32_t digitMs, uint32_t gapMs) { return queue_.add(digits, digitMs, gapMs); }

  struct Sent {
    /** Tones that have ended. */
    size_t digits = 0;
    /** The last item of the queue is out. */
    bool done = false;
  };
  /** Writes what is due over a stretch of audio. @param rate 8000, 16000 or 48000 */
  Sent write(int16_t* pcm, size_t samples, uint32_t rate);

  /** Also while the voice comes back after the last one. */
  bool active() const { return queue_.size() > 0 || voice_ < 1; }
  /** How long until the last digit of the queue is out. */
  uint32_t queuedMs() const;

 private:
  struct Tones {
    uint32_t rate;
    Tone low;
    Tone high;
  };

  size_t part(int16_t* pcm, size_t samples, uint32_t rate, Sent& sent);
  void sound(const DigitQueue::Item& item, int16_t* pcm, size_t samples, uint32_t rate);

  DigitQueue queue_;
  std::optional<Tones> tones_;
  /** Of the item at the head, 48,000ths of a second: the rate may change under it. */
  uint32_t elapsed_ = 0;
  /** Gain of what is said meanwhile. */
  float voice_ = 1;
};

}  // namespace interconnect
