#include "audio/time-scale.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace interconnect {
namespace {

constexpr size_t kMinLagPerSecond = 400;
/** Voices down to 77 Hz; what is longer leaves too little of 20 ms for the overlap. */
constexpr size_t kMaxLagMs = 13;
constexpr size_t kRegionMs = 20;
/** Packets of 20 ms whose sender's clock differs are a sample shorter. */
constexpr size_t kRegionSlackMs = 1;
/** Shorter overlaps click in low tones. */
constexpr size_t kMinOverlapMs = 4;
constexpr size_t kWindowMs = 10;
constexpr size_t kCoarseRate = 4000;
constexpr size_t kCoarseRegion = kRegionMs * kCoarseRate / 1000;
/** −50 dBov: the noise of a line, not speech. */
constexpr float kQuietRms = 100;
constexpr Nanos kBetweenSplices = 60 * kMillisecond;
/** Without a call for so long the wish of before is forgotten. */
constexpr Nanos kForgotten = 200 * kMillisecond;
/** No likeness at all is enough for a splice that cannot wait; none is more than this. */
constexpr float kAnything = -1;
constexpr float kClear = 0.9f;
/** Too little to be heard as delay: never spliced by force. */
constexpr float kRemainder = 0.8f;

struct Products {
  float product = 0;
  float now = 0;
  float then = 0;

  float likeness() const { return product / std::sqrt(now * then + 1); }
};

template <typename T>
Products compare(const T* a, const T* b, size_t n) {
  Products sums;
  for (size_t i = 0; i < n; ++i) {
    const auto x = static_cast<float>(a[i]);
    const auto y = static_cast<float>(b[i]);
    sums.product += x * y;
    sums.now += x * x;
    sums.then += y * y;
  }
  return sums;
}

bool isQuiet(const int16_t* pcm, size_t n) {
  float energy = 0;
  for (size_t i = 0; i < n; ++i) energy += static_cast<float>(pcm[i]) * static_cast<float>(pcm[i]);
  return energy <= kQuietRms * kQuietRms * static_cast<float>(n);
}

/** A cross-fade that keeps the power of signals which are alike by `likeness`, at its `i`th of `n` samples. */
int16_t blend(int16_t from, int16_t to, size_t i, size_t n, float likeness) {
  const float in = static_cast<float>(i + 1) / static_cast<float>(n + 1);
  const float out = 1 - in;
  const float power = in * in + out * out + 2 * in * out * std::clamp(likeness, 0.0f, 1.0f);
  const float value = (static_cast<float>(from) * out + static_cast<float>(to) * in) / std::sqrt(power);
  return static_cast<int16_t>(std::lrint(std::clamp(value, -32768.0f, 32767.0f)));
}

}  // namespace

TimeScale::TimeScale(uint32_t sampleRate)
    : rate_(sampleRate),
      minLag_(sampleRate / kMinLagPerSecond),
      maxLag_(sampleRate * kMaxLagMs / 1000),
      region_(sampleRate * kRegionMs / 1000) {}

size_t TimeScale::scale(int16_t* pcm, size_t n, ptrdiff_t wanted, Nanos now) {
  const bool isNew = wanted_ > 0 ? wanted <= 0 || wanted > wanted_ : wanted > 0 || wanted < wanted_;
  if (isNew || now - calledAt_ > kForgotten) wantedSince_ = now;
  calledAt_ = now;
  wanted_ = wanted;
  const size_t slack = rate_ * kRegionSlackMs / 1000;
  if (wanted == 0 || n + slack < region_) return n;
  const auto length = static_cast<size_t>(std::abs(wanted));
  const size_t region = std::min(n, region_);
  const size_t minOverlap = rate_ * kMinOverlapMs / 1000;

  Splice splice;
  // In a longer packet there may be a quiet place further on.
  size_t at = 0;
  while (at + region + region_ / 2 <= n && !isQuiet(pcm + at, region)) at += region_ / 2;
  if (isQuiet(pcm + at, region)) {
    // A longer piece would come twice, sample for sample.
    splice = {at, std::min(length, region / 2), 0, 0};
    splice.overlap = region - splice.lag;
  } else {
    if (now - splicedAt_ < kBetweenSplices) return n;
    const size_t maxLag = std::min(maxLag_, region - minOverlap);
    const size_t limit = wanted < 0 ? std::min(length, maxLag) : maxLag;
    splice = find(pcm + at, region, limit);
    // What has no period is not to come twice: the overlap is to cover all of it.
    if (splice.lag > region / 2 && splice.likeness < kRemainder) splice = find(pcm + at, region, std::min(limit, region / 2));
    splice.at = at;
    if (splice.lag == 0 || splice.likeness < enough(wanted, now)) return n;
  }

  splicedAt_ = now;
  int16_t* from = pcm + splice.at;
  const size_t lag = splice.lag;
  const size_t overlap = splice.overlap;
  const size_t rest = n - splice.at - overlap;
  if (wanted > 0) {
    std::memmove(from + overlap + lag, from + overlap, rest * sizeof(int16_t));
    for (size_t i = overlap; i-- > 0;) from[lag + i] = blend(from[lag + i], from[i], i, overlap, splice.likeness);
    return n + lag;
  }
  for (size_t i = 0; i < overlap; ++i) from[i] = blend(from[i], from[lag + i], i, overlap, splice.likeness);
  std::memmove(from + overlap, from + overlap + lag, (rest - lag) * sizeof(int16_t));
  return n - lag;
}

/** Likeness that is asked for: the buffer runs dry while it waits to grow; to shrink it can wait for a pause. */
float TimeScale::enough(ptrdiff_t wanted, Nanos now) const {
  const auto waited = static_cast<float>(now - wantedSince_) / static_cast<float>(kSecond);
  if (wanted > 0) return waited > 0.3f ? kAnything : kClear - 2 * waited;
  if (waited < 0.3f) return 2;
  if (static_cast<size_t>(-wanted) <= maxLag_) return kRemainder;
  return waited > 1.5f ? kAnything : kClear - 0.5f * (waited - 0.3f);
}

/** Coarse at 4 kHz, then to the sample. */
TimeScale::Splice TimeScale::find(const int16_t* pcm, size_t n, size_t maxLag) const {
  if (maxLag < minLag_) return {};
  const size_t decimation = rate_ / kCoarseRate;
  std::array<float, kCoarseRegion> coarse{};
  const size_t coarseN = std::min(n / decimation, coarse.size());
  for (size_t i = 0; i < coarseN; ++i) {
    for (size_t j = 0; j < decimation; ++j) coarse[i] += static_cast<float>(pcm[i * decimation + j]);
  }
  const size_t coarseWindow = kWindowMs * kCoarseRate / 1000;
  size_t coarseLag = minLag_ / decimation;
  float best = -2;
  for (size_t lag = coarseLag; lag <= maxLag / decimation; ++lag) {
    const float like = compare(coarse.data(), coarse.data() + lag, std::min(coarseWindow, coarseN - lag)).likeness();
    if (like > best) {
      best = like;
      coarseLag = lag;
    }
  }

  Splice splice;
  splice.likeness = -2;
  const size_t from = std::max(minLag_, coarseLag * decimation - (decimation - 1));
  const size_t to = std::min(maxLag, coarseLag * decimation + (decimation - 1));
  for (size_t lag = from; lag <= to; ++lag) {
    const size_t overlap = std::min(n - lag, std::max(lag, rate_ * kWindowMs / 1000));
    const float like = compare(pcm, pcm + lag, overlap).likeness();
    if (like > splice.likeness) splice = {0, lag, overlap, like};
  }
  return splice;
}

}  // namespace interconnect
