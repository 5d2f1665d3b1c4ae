#include "codec/g722-qmf.h"

#include <algorithm>

#include "codec/g722-tables.h"

namespace interconnect::g722 {
namespace {

/** In windows whose newest sample comes last. The taps' magnitudes add up to less than 2^14: 32 bits hold every sum. */
template <size_t Taps>
int32_t dot(const int16_t* window, const std::array<int16_t, Taps>& taps) {
  int32_t sum = 0;
  for (size_t i = 0; i < Taps; i++) sum += window[i] * taps[i];
  return sum;
}

/** The response is its own mirror image, so that it need not be turned round for windows. */
constexpr std::array<int16_t, 24> kLowPass = kQmf;

/** Odd delays turned round: the sum of one half less that of the other (XH = XA - XB). */
constexpr std::array<int16_t, 24> highPass() {
  std::array<int16_t, 24> taps{};
  for (size_t i = 0; i < taps.size(); i++) taps[i] = static_cast<int16_t>(i % 2 == 1 ? kQmf[i] : -kQmf[i]);
  return taps;
}

/** Every other tap, oldest sample first; 12 of them, filled up to what a vector unit likes. */
constexpr std::array<int16_t, 16> half(size_t newest) {
  std::array<int16_t, 16> taps{};
  for (size_t i = 0; i < 12; i++) taps[15 - i] = kQmf[newest + 2 * i];
  return taps;
}

int16_t toSample(int32_t sum) { return static_cast<int16_t>(std::clamp(sum >> 11, -32768, 32767)); }

}  // namespace

void Analysis::split(const int16_t* pcm, size_t pairs, BandSamples& lower, BandSamples& higher) {
  static constexpr auto kHighPass = highPass();
  std::array<int16_t, kPast + 2 * kPairs> room;
  std::copy(past_.begin(), past_.end(), room.begin());
  std::copy_n(pcm, 2 * pairs, room.begin() + kPast);
  // 2^-13 for the taps, and one bit more: samples have 16 bits here, 15 in the recommendation.
  for (size_t i = 0; i < pairs; i++) {
    lower[i] = static_cast<int16_t>(dot(&room[2 * i], kLowPass) >> 14);
    higher[i] = static_cast<int16_t>(dot(&room[2 * i], kHighPass) >> 14);
  }
  std::copy_n(&room[2 * pairs], kPast, past_.begin());
}

void Synthesis::join(const BandSamples& lower, const BandSamples& higher, size_t pairs, int16_t* pcm) {
  static constexpr auto kEven = half(0);
  static constexpr auto kOdd = half(1);
  std::array<int16_t, kPast + kPairs> sums;
  std::array<int16_t, kPast + kPairs> differences;
  std::copy(sums_.begin(), sums_.end(), sums.begin());
  std::copy(differences_.begin(), differences_.end(), differences.begin());
  for (size_t i = 0; i < pairs; i++) {
    sums[kPast + i] = static_cast<int16_t>(lower[i] + higher[i]);
    differences[kPast + i] = static_cast<int16_t>(lower[i] - higher[i]);
  }
  for (size_t i = 0; i < pairs; i++) {
    pcm[2 * i] = toSample(dot(&differences[i], kEven));
    pcm[2 * i + 1] = toSample(dot(&sums[i], kOdd));
  }
  std::copy_n(&sums[pairs], kPast, sums_.begin());
  std::copy_n(&differences[pairs], kPast, differences_.begin());
}

}  // namespace interconnect::g722
