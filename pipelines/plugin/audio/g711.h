#pragma once

#include <cstddef>
#include <cstdint>

namespace interconnect {

/**
 * ITU-T G.711 with 16-bit linear samples, left-aligned (µ-law uses the upper 14 bits, A-law the upper 13), bit-exact with
 * the reference of ITU-T G.191. `out` has room for `n` values; `in` and `out` do not overlap.
 */
void ulawDecode(const uint8_t* in, int16_t* out, size_t n);
void ulawEncode(const int16_t* in, uint8_t* out, size_t n);
void alawDecode(const uint8_t* in, int16_t* out, size_t n);
void alawEncode(const int16_t* in, uint8_t* out, size_t n);

}  // namespace interconnect
