#pragma once
#include <cstddef>
#include <cstdint>

namespace interconnect {

/**
 * Goes over from what `pcm` holds to `next`, within a tick of 20 ms: both are the same audio, come by ways of which the new
 * one has just begun. Its first 8 ms are not used: by then its resamplers are filled, each being 4 ms long at most.
 */
void fadeOver(int16_t* pcm, const int16_t* next, size_t samples, uint32_t rate);

}  // namespace interconnect
