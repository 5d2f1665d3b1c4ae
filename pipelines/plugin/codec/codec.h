#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "rtp/span.h"

namespace interconnect {

/** The longest audio that one packet may hold: 120 ms at 48 kHz. */
constexpr size_t kMaxPacketSamples = 5760;

/** RTP payloads to mono 16-bit audio. For one thread. */
class Decoder {
 public:
  virtual ~Decoder() = default;
  /** Writes at most `capacity` samples to `out`; returns how many came out, 0 when the payload gave nothing. */
  virtual size_t decode(Span payload, int16_t* out, size_t capacity) = 0;
  /** Makes up about `samples` samples in the place of a packet that got lost; 0 when the codec has no means for that. */
  virtual size_t conceal(size_t samples, int16_t* out, size_t capacity) {
    (void)samples, (void)out, (void)capacity;
    return 0;
  }
  /** The same with the packet after the lost one at hand, which may hold what was in that. */
  virtual size_t repair(Span next, size_t samples, int16_t* out, size_t capacity) {
    (void)next;
    return conceal(samples, out, capacity);
  }
  /** A sentence when the decoder has broken for good; otherwise empty. */
  virtual const std::string& failure() const = 0;
};

/** Takes what an encoder makes. */
class PayloadSink {
 public:
  /** One RTP payload that stands for `samples` samples of audio. */
  virtual void payload(Span bytes, size_t samples) = 0;

 protected:
  ~PayloadSink() = default;
};

/** Mono 16-bit audio to RTP payloads. For one thread. */
class Encoder {
 public:
  virtual ~Encoder() = default;
  /** Hands none, one or several payloads to `sink` before it returns. */
  virtual void encode(const int16_t* pcm, size_t samples, PayloadSink& sink) = 0;
  /** Whether any number of samples makes a packet; others take whole frames of 10 or 20 ms only. */
  virtual bool takesAnyLength() const { return false; }
  virtual const std::string& failure() const = 0;
  /** So much of what it makes from now on gets lost: one that can provides for it. 0 to begin with. */
  virtual void expectLoss(unsigned percent) { (void)percent; }
  virtual unsigned expectedLoss() const { return 0; }
  /** What it remembers of the audio before: nothing, something that copy() takes along, or something that it does not. */
  enum class Past { None, Copied, Kept };
  virtual Past past() const { return Past::Kept; }
  /** Another one that goes on from here; nullptr where the past is kept. */
  virtual std::unique_ptr<Encoder> copy() const { return nullptr; }
};

}  // namespace interconnect
