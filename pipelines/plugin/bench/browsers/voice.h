#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "codec/codec.h"

namespace bench {

/** What a far end says, as payloads made once: the load must not be what is measured. */
struct Voice {
  /** Samples and time stamps a second, and of a packet of 20 ms. */
  uint32_t rate;
  size_t packetSamples() const { return rate / 50; }
  /** One a packet of 20 ms, begun again after the last; an empty one is not sent (DTX). */
  std::vector<std::vector<uint8_t>> payloads;
};

/** Opus as browsers send speech, or G.711 µ-law. */
enum class VoiceCodec { Opus, Pcmu };

/** Length of the loop of bursts, and of the burst at its beginning. */
constexpr unsigned kBurstEveryMs = 1000;
constexpr unsigned kBurstMs = 100;
constexpr double kBurstHz = 1000;

/**
 * @param what "speech" (what is like it, 5 s), "quiet" (silence; Opus with DTX), "bursts" (of kBurstHz, in silence), or "tone"
 * @param hz of "tone" @param seed of "speech": another seed is another speaker
 * @throws std::runtime_error for another word
 */
Voice makeVoice(VoiceCodec codec, const std::string& what, double hz, uint32_t seed);

}  // namespace bench
