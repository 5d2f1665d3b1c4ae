#pragma once
#include <cstdint>
#include <functional>

namespace interconnect {

/** 64 random bits a call: for SSRCs, sequence starts (RFC 3550 §5.1) and RTCP intervals. */
using RandomSource = std::function<uint64_t()>;

/** From the kernel: not to be guessed by who wants to inject packets. */
RandomSource systemRandom();
/** The same numbers for the same seed. */
RandomSource seededRandom(uint64_t seed);

}  // namespace interconnect
