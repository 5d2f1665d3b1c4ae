#pragma once
#include <array>

#include "codec/codec.h"

namespace interconnect {

/** Room that legs need only while they are at work: one for all, as they work one after the other. */
struct Workspace {
  std::array<int16_t, kMaxPacketSamples> pcm;
  std::array<uint8_t, 1600> datagram;
};

}  // namespace interconnect
