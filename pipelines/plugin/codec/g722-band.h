#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

#include "codec/g722-tables.h"

namespace interconnect::g722 {

/** All of the recommendation's sums end so. */
inline int32_t saturated(int32_t value) { return std::clamp(value, -32768, 32767); }

/**
 * One band's adaptive predictor and scale factor (ITU-T G.722 §3.4–3.6, §6.2.1 blocks 3 and 4), the same in encoder and
 * decoder: both follow what the code words say. In the recommendation's integers, bit for bit.
 */
class Band {
 public:
  /** `scale`: the quantiser's first scale factor, 32 in the lower and 8 in the higher band. */
  explicit Band(int32_t scale) : scale_(scale) {}

  /** The scale factor (DETL, DETH). */
  int32_t scale() const { return scale_; }
  /** What the next sample is expected to be (SL, SH). */
  int32_t prediction() const { return prediction_; }

  /** Block 3: `step` is what the code word adds to the scale factor's logarithm. */
  void adaptScale(int32_t step, int32_t highest, int32_t shift) {
    log_ = std::clamp(((log_ * 127) >> 7) + step, 0, highest);
    const int32_t down = shift - (log_ >> 11);
    const int32_t mantissa = kAntilog[static_cast<size_t>((log_ >> 6) & 31)];
    scale_ = (down < 0 ? mantissa << -down : mantissa >> down) << 2;
  }

  /** Block 4: `difference` is the quantised difference from the prediction (DLT, DH). */
  void adaptPredictor(int32_t difference) {
    const int32_t reconstructed = saturated(prediction_ + difference);
    const int32_t partial = saturated(zeros_ + difference);
    adaptPoles(partial);
    adaptZeros(difference);
    predict(reconstructed, difference);
  }

 private:
  /** UPPOL2, UPPOL1: by the signs of the last three partially reconstructed signals. */
  void adaptPoles(int32_t partial) {
    const int32_t sign = partial >> 31;
    const int32_t sign1 = partial1_ >> 31;
    const int32_t sign2 = partial2_ >> 31;
    const int32_t a1 = saturated(4 * a1_);
    const int32_t towards = sign == sign1 ? saturated(-a1) : a1;
    const int32_t a2 = (towards >> 7) + (sign == sign2 ? 128 : -128) + ((a2_ * 32512) >> 15);
    a2_ = std::clamp(a2, -12288, 12288);
    const int32_t limit = 15360 - a2_;
    a1_ = std::clamp((sign == sign1 ? 192 : -192) + ((a1_ * 32640) >> 15), -limit, limit);
    partial2_ = partial1_;
    partial1_ = partial;
  }

  /** UPZERO: each coefficient leaks, and goes by a step to where difference and past difference agree. */
  void adaptZeros(int32_t difference) {
    const int32_t step = difference == 0 ? 0 : 128;
    for (size_t i = 0; i < b_.size(); i++) {
      const int32_t opposite = (difference ^ past_[i]) >> 31;
      b_[i] = ((b_[i] * 255) >> 8) + ((step ^ opposite) - opposite);
    }
  }

  /** FILTEP, FILTEZ, PREDIC. */
  void predict(int32_t reconstructed, int32_t difference) {
    for (size_t i = past_.size() - 1; i > 0; i--) past_[i] = past_[i - 1];
    past_[0] = saturated(2 * difference);
    zeros_ = zeros();
    doubled2_ = doubled1_;
    doubled1_ = saturated(2 * reconstructed);
    const int32_t poles = saturated(((a1_ * doubled1_) >> 15) + ((a2_ * doubled2_) >> 15));
    prediction_ = saturated(poles + zeros_);
  }

  /** The order matters only where a sum on the way leaves 16 bits, which takes bytes that no encoder sends. */
  int32_t zeros() const {
    int32_t sum = 0;
    int32_t magnitude = 0;
    for (size_t i = 0; i < b_.size(); i++) {
      const int32_t product = (b_[i] * past_[i]) >> 15;
      sum += product;
      magnitude += std::abs(product);
    }
    if (magnitude <= 32767) return sum;
    sum = 0;
    for (size_t i = b_.size(); i-- > 0;) sum = saturated(sum + saturated((b_[i] * past_[i]) >> 15));
    return sum;
  }

  int32_t scale_;
  int32_t log_ = 0;
  int32_t prediction_ = 0;
  int32_t zeros_ = 0;
  int32_t a1_ = 0;
  int32_t a2_ = 0;
  int32_t partial1_ = 0;
  int32_t partial2_ = 0;
  /** Twice the last two reconstructed signals, as only that is needed. */
  int32_t doubled1_ = 0;
  int32_t doubled2_ = 0;
  std::array<int32_t, 6> b_{};
  /** Twice the last six differences, newest first. */
  std::array<int32_t, 6> past_{};
};

}  // namespace interconnect::g722
