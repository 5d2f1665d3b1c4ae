#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

/**
 * Finds what is heard as a fault in a signal that should be whole.
 *
 * * Click: a sample that its neighbours do not foretell. What linear prediction leaves over is compared with what it
 *   leaves over in the 25 ms before and after, so that neither loud passages, nor noise, nor the pulses of a voice count.
 * * Gap: 3–100 ms of near silence with sound up to both of its edges. Pauses that fade are none.
 * * Repeat: 8–60 ms that are, sample for sample, what came just before, in a signal that has no such period.
 */
namespace clicks {

struct Defect {
  enum class Kind { Click, Gap, Repeat };
  Kind kind;
  /** Index of the sample where it begins. */
  size_t at;
  /** Click: how many times more than its surroundings; gap, repeat: its length in ms. */
  double strength;
};

inline const char* nameOf(Defect::Kind kind) {
  return kind == Defect::Kind::Click ? "click" : kind == Defect::Kind::Gap ? "gap" : "repeat";
}

/** Steps below this, or below this part of the loudest sample near by, are masked (G.711 itself makes such ones). */
constexpr double kFaintest = 40;
constexpr double kMasked = 0.045;
constexpr double kOutstanding = 3;
constexpr size_t kAroundMs = 25;

namespace detail {

/** Coefficients that foretell a sample from the ones before it (autocorrelation method, Levinson and Durbin). */
inline std::vector<double> predictor(const int16_t* pcm, size_t n, size_t order) {
  std::vector<double> windowed(n);
  for (size_t i = 0; i < n; ++i) {
    windowed[i] = pcm[i] * (0.5 - 0.5 * std::cos(2 * M_PI * (static_cast<double>(i) + 0.5) / static_cast<double>(n)));
  }
  std::vector<double> r(order + 1);
  for (size_t lag = 0; lag <= order; ++lag) {
    for (size_t i = lag; i < n; ++i) r[lag] += windowed[i] * windowed[i - lag];
  }
  std::vector<double> a(order);
  double error = r[0] * (1 + 1e-6) + 1;
  for (size_t i = 0; i < order; ++i) {
    double k = r[i + 1];
    for (size_t j = 0; j < i; ++j) k -= a[j] * r[i - j];
    k /= error;
    std::vector<double> next = a;
    next[i] = k;
    for (size_t j = 0; j < i; ++j) next[j] = a[j] - k * a[i - 1 - j];
    a = std::move(next);
    error *= 1 - k * k;
  }
  return a;
}

/** What prediction leaves over. */
inline std::vector<double> residual(const std::vector<int16_t>& pcm, uint32_t rate) {
  const size_t order = std::min<size_t>(rate / 1000 + 2, 24);
  const size_t hop = rate / 100;
  std::vector<double> left(pcm.size());
  for (size_t begin = 0; begin < pcm.size(); begin += hop) {
    const size_t from = begin < hop ? 0 : begin - hop;
    const size_t to = std::min(pcm.size(), begin + 2 * hop);
    const auto a = predictor(pcm.data() + from, to - from, order);
    for (size_t i = std::max(begin, order); i < std::min(pcm.size(), begin + hop); ++i) {
      double foretold = 0;
      for (size_t j = 0; j < order; ++j) foretold += a[j] * pcm[i - 1 - j];
      left[i] = std::fabs(pcm[i] - foretold);
    }
  }
  return left;
}

/** Greatest value of every millisecond. */
template <typename T>
std::vector<double> peaks(const std::vector<T>& values, uint32_t rate) {
  const size_t bin = rate / 1000;
  std::vector<double> found(values.size() / bin);
  for (size_t b = 0; b < found.size(); ++b) {
    for (size_t i = b * bin; i < (b + 1) * bin; ++i) found[b] = std::max(found[b], std::fabs(static_cast<double>(values[i])));
  }
  return found;
}

/** Second greatest of the peaks around `b`: the greatest may be another click, the other edge of a gap. */
inline double surroundings(const std::vector<double>& peaks, size_t b) {
  const size_t from = b < kAroundMs ? 0 : b - kAroundMs;
  const size_t to = std::min(peaks.size(), b + kAroundMs + 1);
  const auto apart = [](size_t x, size_t y) { return x > y + 2 || y > x + 2; };
  size_t greatest = b;
  for (size_t i = from; i < to; ++i) {
    if (apart(i, b) && (greatest == b || peaks[i] > peaks[greatest])) greatest = i;
  }
  double second = 0;
  for (size_t i = from; i < to; ++i) {
    if (apart(i, b) && apart(i, greatest)) second = std::max(second, peaks[i]);
  }
  return second;
}

/** Whether `n` samples from `at` on are much like those `lag` before them. */
inline bool alike(const std::vector<int16_t>& pcm, size_t at, size_t n, size_t lag) {
  if (at < lag || at + n > pcm.size()) return false;
  double now = 0;
  double then = 0;
  double product = 0;
  for (size_t i = at; i < at + n; ++i) {
    now += double{1} * pcm[i] * pcm[i];
    then += double{1} * pcm[i - lag] * pcm[i - lag];
    product += double{1} * pcm[i] * pcm[i - lag];
  }
  return product > 0.9 * std::sqrt(now * then);
}

}  // namespace detail

inline std::vector<Defect> findClicks(const std::vector<int16_t>& pcm, uint32_t rate) {
  const auto left = detail::peaks(detail::residual(pcm, rate), rate);
  const auto loud = detail::peaks(pcm, rate);
  std::vector<Defect> found;
  for (size_t b = 0; b < left.size(); ++b) {
    const double loudest = *std::max_element(loud.begin() + static_cast<std::ptrdiff_t>(b < 5 ? 0 : b - 5),
                                             loud.begin() + static_cast<std::ptrdiff_t>(std::min(loud.size(), b + 6)));
    if (left[b] < std::max(kFaintest, kMasked * loudest)) continue;
    const double ratio = left[b] / std::max(detail::surroundings(left, b), kFaintest / kOutstanding);
    if (ratio < kOutstanding) continue;
    const size_t at = b * (rate / 1000);
    // The same click rings on through the predictor.
    const bool same = !found.empty() && at - found.back().at <= 2 * (rate / 1000);
    if (!same) found.push_back({Defect::Kind::Click, at, ratio});
  }
  return found;
}

inline std::vector<Defect> findGaps(const std::vector<int16_t>& pcm, uint32_t rate) {
  constexpr size_t kEdge = 2;
  constexpr size_t kNear = 10;
  const auto loud = detail::peaks(pcm, rate);
  const auto loudest = [&](size_t from, size_t to) {
    return *std::max_element(loud.begin() + static_cast<std::ptrdiff_t>(from), loud.begin() + static_cast<std::ptrdiff_t>(to));
  };
  std::vector<Defect> found;
  for (size_t b = kNear; b + kNear < loud.size(); ++b) {
    const double before = loudest(b - kNear, b);
    const double silent = before / 50;
    if (before < 500 || loud[b] > silent || loudest(b - kEdge, b) < before / 4) continue;
    size_t end = b;
    while (end < loud.size() && loud[end] <= silent) ++end;
    const size_t length = end - b;
    if (length >= 3 && length <= 100 && end + kNear <= loud.size()) {
      const double after = loudest(end, end + kNear);
      if (after >= 500 && loudest(end, end + kEdge) >= after / 4) {
        found.push_back({Defect::Kind::Gap, b * (rate / 1000), static_cast<double>(length)});
      }
    }
    b = end;
  }
  return found;
}

inline std::vector<Defect> findRepeats(const std::vector<int16_t>& pcm, uint32_t rate) {
  const size_t window = rate / 400;
  const size_t shortest = rate * 8 / 1000;
  const size_t longest = rate * 60 / 1000;
  constexpr uint64_t kBase = 0x9e3779b97f4a7c15;
  uint64_t oldest = 1;
  for (size_t i = 0; i + 1 < window; ++i) oldest *= kBase;
  // A place is taken by the last that came there: what is looked for is near.
  struct Place {
    uint64_t hash = 0;
    size_t begin = SIZE_MAX;
  };
  std::vector<Place> places(1 << 16);
  uint64_t hash = 0;
  // Of the stretch that was looked at last: no part of it is looked at again.
  size_t done = 0;
  std::vector<Defect> found;
  for (size_t i = 0; i < pcm.size(); ++i) {
    if (i >= window) hash -= oldest * static_cast<uint16_t>(pcm[i - window]);
    hash = hash * kBase + static_cast<uint16_t>(pcm[i]);
    if (i + 1 < window) continue;
    const size_t begin = i + 1 - window;
    const Place before = std::exchange(places[hash >> 48], {hash, begin});
    const size_t lag = begin - before.begin;
    if (before.hash != hash || begin < done || lag < shortest || lag > longest) continue;
    const auto [low, high] = std::minmax_element(pcm.begin() + static_cast<std::ptrdiff_t>(begin),
                                                 pcm.begin() + static_cast<std::ptrdiff_t>(i + 1));
    if (*high - *low < 200) continue;
    size_t end = begin;
    while (end < pcm.size() && pcm[end] == pcm[end - lag]) ++end;
    done = end;
    const size_t length = end - begin;
    // What goes on and on, or is much alike before or after it too, is a period, not a repeat.
    const size_t outside = rate / 100;
    const bool isPeriod = length >= lag * 3 / 2 || (begin >= outside && detail::alike(pcm, begin - outside, outside, lag)) ||
                          detail::alike(pcm, end, outside, lag);
    if (length >= shortest && !isPeriod) {
      found.push_back({Defect::Kind::Repeat, begin, static_cast<double>(length) * 1000 / rate});
    }
  }
  return found;
}

inline std::vector<Defect> findDefects(const std::vector<int16_t>& pcm, uint32_t rate) {
  std::vector<Defect> all = findClicks(pcm, rate);
  for (const auto& more : {findGaps(pcm, rate), findRepeats(pcm, rate)}) all.insert(all.end(), more.begin(), more.end());
  std::sort(all.begin(), all.end(), [](const Defect& a, const Defect& b) { return a.at < b.at; });
  return all;
}

/** For a failing test: what was found and where. */
inline std::string describe(const std::vector<Defect>& defects, uint32_t rate) {
  std::string text;
  for (const Defect& d : defects) {
    std::array<char, 64> line;
    std::snprintf(line.data(), line.size(), "%s at %.1f ms (%.1f) ", nameOf(d.kind), static_cast<double>(d.at) * 1000 / rate, d.strength);
    text += line.data();
  }
  return text.empty() ? "nothing" : text;
}

}  // namespace clicks
