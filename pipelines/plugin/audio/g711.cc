#include "audio/g711.h"

#include <array>

namespace interconnect {
namespace {

// G.711 works on 14-bit (µ) and 13-bit (A) values; G.191 drops the lower bits of a negative sample towards minus
// infinity and codes its ones' complement. For A-law the lowest of the 13 bits never decides, so 12 are looked at.
constexpr int kUlawShift = 2;
constexpr int kAlawShift = 4;
constexpr size_t kUlawCodes = size_t{1} << 14;
constexpr size_t kAlawCodes = size_t{1} << 12;
constexpr int kUlawBias = 33;
constexpr int kUlawMax = 0x1fff;

/** How often `magnitude` must be halved to lie below `first`. */
int segmentOf(int magnitude, int first) {
  int segment = 0;
  while (magnitude >= first) {
    magnitude >>= 1;
    ++segment;
  }
  return segment;
}

uint8_t ulawCode(int value14) {
  const bool negative = value14 < 0;
  const int unbiased = negative ? ~value14 : value14;
  const int magnitude = unbiased + kUlawBias > kUlawMax ? kUlawMax : unbiased + kUlawBias;
  const int segment = segmentOf(magnitude, 0x40);
  const int step = (magnitude >> (segment + 1)) & 0x0f;
  // Characters are sent inverted (G.711 Table 2a, note 3).
  return static_cast<uint8_t>((negative ? 0x7f : 0xff) - ((segment << 4) | step));
}

uint8_t alawCode(int value12) {
  const bool negative = value12 < 0;
  const int magnitude = negative ? ~value12 : value12;
  const int segment = segmentOf(magnitude, 0x20);
  // The lowest two segments have the same step: up to 31 the magnitude is the code.
  const int code = segment == 0 ? magnitude : ((segment + 1) << 4) | ((magnitude >> segment) & 0x0f);
  // Even bits are sent inverted (G.711 Table 1a, note 2).
  return static_cast<uint8_t>((code | (negative ? 0 : 0x80)) ^ 0x55);
}

int16_t ulawValue(uint8_t code) {
  const int inverted = ~code & 0xff;
  const int segment = (inverted >> 4) & 7;
  const int magnitude14 = ((((inverted & 0x0f) << 1) + kUlawBias) << segment) - kUlawBias;
  return static_cast<int16_t>((code & 0x80) != 0 ? magnitude14 << kUlawShift : -(magnitude14 << kUlawShift));
}

int16_t alawValue(uint8_t code) {
  const int even = code ^ 0x55;
  const int segment = (even >> 4) & 7;
  const int middle = ((even & 0x0f) << 4) + 8;
  const int magnitude = segment == 0 ? middle : (middle + 0x100) << (segment - 1);
  return static_cast<int16_t>((code & 0x80) != 0 ? magnitude : -magnitude);
}

struct Tables {
  std::array<int16_t, 256> fromUlaw;
  std::array<int16_t, 256> fromAlaw;
  std::array<uint8_t, kUlawCodes> toUlaw;
  std::array<uint8_t, kAlawCodes> toAlaw;

  Tables() {
    for (size_t code = 0; code < 256; ++code) {
      fromUlaw[code] = ulawValue(static_cast<uint8_t>(code));
      fromAlaw[code] = alawValue(static_cast<uint8_t>(code));
    }
    for (size_t i = 0; i < kUlawCodes; ++i) toUlaw[i] = ulawCode(static_cast<int>(i) - static_cast<int>(kUlawCodes / 2));
    for (size_t i = 0; i < kAlawCodes; ++i) toAlaw[i] = alawCode(static_cast<int>(i) - static_cast<int>(kAlawCodes / 2));
  }
};

const Tables& tables() {
  static const Tables made;
  return made;
}

}  // namespace

void ulawDecode(const uint8_t* in, int16_t* out, size_t n) {
  const auto& table = tables().fromUlaw;
  for (size_t i = 0; i < n; ++i) out[i] = table[in[i]];
}

void ulawEncode(const int16_t* in, uint8_t* out, size_t n) {
  const auto& table = tables().toUlaw;
  for (size_t i = 0; i < n; ++i) out[i] = table[static_cast<size_t>((in[i] >> kUlawShift) + int{kUlawCodes / 2})];
}

void alawDecode(const uint8_t* in, int16_t* out, size_t n) {
  const auto& table = tables().fromAlaw;
  for (size_t i = 0; i < n; ++i) out[i] = table[in[i]];
}

void alawEncode(const int16_t* in, uint8_t* out, size_t n) {
  const auto& table = tables().toAlaw;
  for (size_t i = 0; i < n; ++i) out[i] = table[static_cast<size_t>((in[i] >> kAlawShift) + int{kAlawCodes / 2})];
}

}  // namespace interconnect
