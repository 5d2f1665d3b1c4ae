#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "dtmf/telephone-event.h"

namespace interconnect {

/** ITU-T Q.23: a digit is one tone of the low group (rows of the key pad) and one of the high group (columns). */
constexpr std::array<double, 4> kLowGroupHz = {697, 770, 852, 941};
constexpr std::array<double, 4> kHighGroupHz = {1209, 1336, 1477, 1633};

/** By row and column. */
constexpr std::array<char, 16> kKeyPad = {'1', '2', '3', 'A', '4', '5', '6', 'B', '7', '8', '9', 'C', '*', '0', '#', 'D'};

struct TonePair {
  double lowHz;
  double highHz;
};

/** @param event 0–15 (RFC 4733 §3.2) */
inline TonePair tonePairOf(uint8_t event) {
  size_t key = 0;
  while (key + 1 < kKeyPad.size() && kKeyPad[key] != digitOfEvent(event)) ++key;
  return {kLowGroupHz[key / 4], kHighGroupHz[key % 4]};
}

/** 0 dBm0 in dBov: a sine at G.711's full scale has 3.14 dBm0 (A-law) or 3.17 (µ-law), and −3.01 dBov. */
constexpr double kDbm0InDbov = -6.15;

}  // namespace interconnect
