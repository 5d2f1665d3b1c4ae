#pragma once
#include <array>

#include "audio/resampler.h"
#include "codec/codec.h"

namespace interconnect {

/** Room that legs need only while they are at work: one for all, as they work one after the other. */
struct Workspace {
  std::array<int16_t, kMaxPacketSamples> pcm;
  /** One tick at a codec's rate. */
  std::array<int16_t, Resampler::kMaxInput> outgoing;
  /** What a leg with a gain of its own hears, and the same at the rate at which its mix goes on. */
  std::array<int16_t, Resampler::kMaxInput> amplified;
  std::array<int16_t, Resampler::kMaxInput> amplifiedNext;
  std::array<uint8_t, 1600> datagram;
  /** A datagram that came in, opened. */
  std::array<uint8_t, 2048> opened;
};

}  // namespace interconnect
