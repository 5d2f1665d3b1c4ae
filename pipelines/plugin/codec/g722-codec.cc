#include "codec/g722-codec.h"

#include <algorithm>

namespace interconnect {
namespace {

using g722::Band;
using g722::BandSamples;
using g722::kPairs;
using g722::saturated;

const std::string kNoFailure;

constexpr int32_t kHighestLower = 18432;
constexpr int32_t kHighestHigher = 22528;

/** One's complement, as the recommendation has it. */
int32_t magnitudeOf(int32_t difference) { return difference ^ (difference >> 31); }

/** QUANTL: in which of 30 intervals it lies, by halves; every level is the recommendation's. */
unsigned quantiseLower(int32_t difference, int32_t scale) {
  const int64_t magnitude = magnitudeOf(difference);
  size_t below = 0;
  for (const size_t step : {16u, 8u, 4u, 2u, 1u}) {
    const int64_t level = (int64_t{g722::kLowerDecisions[below + step]} * scale) >> 12;
    below += magnitude >= level ? step : 0;
  }
  return difference < 0 ? g722::kLowerNegative[below + 1] : g722::kLowerPositive[below + 1];
}

/** QUANTH. */
unsigned quantiseHigher(int32_t difference, int32_t scale) {
  const bool far = magnitudeOf(difference) >= (564 * scale) >> 12;
  if (difference < 0) return far ? 0 : 1;
  return far ? 2 : 3;
}

void adaptLower(Band& band, unsigned code) {
  const unsigned upper = code >> 2;
  const int32_t difference = (band.scale() * g722::kLower4[upper]) >> 15;
  band.adaptScale(g722::kLowerSteps[upper], kHighestLower, 8);
  band.adaptPredictor(difference);
}

int32_t higherDifference(const Band& band, unsigned code) { return (band.scale() * g722::kHigher2[code]) >> 15; }

void adaptHigher(Band& band, unsigned code) {
  const int32_t difference = higherDifference(band, code);
  band.adaptScale(g722::kHigherSteps[code], kHighestHigher, 10);
  band.adaptPredictor(difference);
}

/** LIMIT. */
int16_t limited(int32_t value) { return static_cast<int16_t>(std::clamp(value, -16384, 16383)); }

}  // namespace

void G722Encoder::encode(const int16_t* pcm, size_t samples, PayloadSink& sink) {
  // 60 ms, the longest packet time; more is sent as several packets.
  std::array<uint8_t, 6 * kPairs> bytes;
  BandSamples lower;
  BandSamples higher;
  size_t filled = 0;
  for (size_t left = samples / 2; left > 0;) {
    const size_t pairs = std::min(left, kPairs);
    analysis_.split(pcm, pairs, lower, higher);
    for (size_t i = 0; i < pairs; i++) {
      const unsigned low = quantiseLower(saturated(lower[i] - lower_.prediction()), lower_.scale());
      const unsigned high = quantiseHigher(saturated(higher[i] - higher_.prediction()), higher_.scale());
      adaptLower(lower_, low);
      adaptHigher(higher_, high);
      bytes[filled++] = static_cast<uint8_t>(high << 6 | low);
    }
    pcm += 2 * pairs;
    left -= pairs;
    if (left > 0 && filled < bytes.size()) continue;
    sink.payload({bytes.data(), filled}, 2 * filled);
    filled = 0;
  }
}

size_t G722Decoder::decode(Span payload, int16_t* out, size_t capacity) {
  const size_t count = std::min(payload.size, capacity / 2);
  BandSamples lower;
  BandSamples higher;
  for (size_t done = 0; done < count;) {
    const size_t pairs = std::min(count - done, kPairs);
    for (size_t i = 0; i < pairs; i++) {
      const unsigned low = payload.data[done + i] & 0x3f;
      const unsigned high = payload.data[done + i] >> 6;
      lower[i] = limited(saturated(lower_.prediction() + ((lower_.scale() * g722::kLower6[low]) >> 15)));
      higher[i] = limited(saturated(higher_.prediction() + higherDifference(higher_, high)));
      adaptLower(lower_, low);
      adaptHigher(higher_, high);
    }
    synthesis_.join(lower, higher, pairs, out + 2 * done);
    done += pairs;
  }
  return 2 * count;
}

const std::string& G722Decoder::failure() const { return kNoFailure; }
const std::string& G722Encoder::failure() const { return kNoFailure; }

}  // namespace interconnect
