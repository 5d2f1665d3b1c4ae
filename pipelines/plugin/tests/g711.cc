#include <array>
#include <vector>

#include "audio/g711.h"
#include "tests/check.h"

using namespace interconnect;

namespace {

/** Decision values of the 128 positive intervals, as the recommendation's tables build them up segment by segment. */
using Decisions = std::array<int, 129>;

/** G.711 Table 2a: 0–1, then 15 steps of 2, then 16 steps each of 4, 8, … 256 (14-bit scale). */
Decisions ulawDecisions() {
  Decisions decisions{};
  int value = 0;
  size_t n = 0;
  decisions[n++] = value;
  decisions[n++] = value = 1;
  for (int i = 0; i < 15; ++i) decisions[n++] = value += 2;
  for (int step = 4; step <= 256; step *= 2) {
    for (int i = 0; i < 16; ++i) decisions[n++] = value += step;
  }
  return decisions;
}

/** G.711 Table 1a: 32 steps of 2, then 16 steps each of 4, 8, … 128 (13-bit scale). */
Decisions alawDecisions() {
  Decisions decisions{};
  int value = 0;
  size_t n = 0;
  decisions[n++] = value;
  for (int i = 0; i < 32; ++i) decisions[n++] = value += 2;
  for (int step = 4; step <= 128; step *= 2) {
    for (int i = 0; i < 16; ++i) decisions[n++] = value += step;
  }
  return decisions;
}

/** Interval that `magnitude` (16-bit scale) lies in; overload goes to the last one. */
int intervalOf(const Decisions& decisions, int scale, int magnitude) {
  int interval = 0;
  while (interval < 127 && magnitude >= decisions[static_cast<size_t>(interval) + 1] * scale) ++interval;
  return interval;
}

uint8_t ulawCharacter(int interval, bool negative) {
  return static_cast<uint8_t>((negative ? 0x7f : 0xff) - interval);
}

uint8_t alawCharacter(int interval, bool negative) {
  return static_cast<uint8_t>((interval | (negative ? 0 : 0x80)) ^ 0x55);
}

std::vector<int16_t> allSamples() {
  std::vector<int16_t> samples;
  for (int value = -32768; value <= 32767; ++value) samples.push_back(static_cast<int16_t>(value));
  return samples;
}

/** The 256 characters, by interval and sign, and the values that they stand for: the middle of the interval. */
template <typename Character>
int wrongValues(const Decisions& decisions, int scale, Character character, void (*decode)(const uint8_t*, int16_t*, size_t),
                bool firstIsZero) {
  int wrong = 0;
  for (int interval = 0; interval < 128; ++interval) {
    const auto n = static_cast<size_t>(interval);
    const int middle = firstIsZero && interval == 0 ? 0 : (decisions[n] + decisions[n + 1]) * scale / 2;
    for (const bool negative : {false, true}) {
      const uint8_t code = character(interval, negative);
      int16_t value = 0;
      decode(&code, &value, 1);
      wrong += value == (negative ? -middle : middle) ? 0 : 1;
    }
  }
  return wrong;
}

template <typename Character>
int wrongCharacters(const Decisions& decisions, int scale, Character character,
                    void (*encode)(const int16_t*, uint8_t*, size_t)) {
  const std::vector<int16_t> samples = allSamples();
  std::vector<uint8_t> codes(samples.size());
  encode(samples.data(), codes.data(), samples.size());
  int wrong = 0;
  for (size_t i = 0; i < samples.size(); ++i) {
    const bool negative = samples[i] < 0;
    // G.191 takes the ones' complement of negative samples: −1 lies in the same interval as 0.
    const int magnitude = negative ? -samples[i] - 1 : samples[i];
    wrong += codes[i] == character(intervalOf(decisions, scale, magnitude), negative) ? 0 : 1;
  }
  return wrong;
}

TEST("the recommendation's tables end where it says") {
  CHECK_EQUAL(ulawDecisions()[128], 8159);
  CHECK_EQUAL(alawDecisions()[128], 4096);
}

TEST("µ-law decodes all 256 characters to the values of the recommendation") {
  CHECK_EQUAL(wrongValues(ulawDecisions(), 4, ulawCharacter, ulawDecode, true), 0);
}

TEST("A-law decodes all 256 characters to the values of the recommendation") {
  CHECK_EQUAL(wrongValues(alawDecisions(), 8, alawCharacter, alawDecode, false), 0);
}

TEST("µ-law encodes all 65,536 samples as the recommendation says") {
  CHECK_EQUAL(wrongCharacters(ulawDecisions(), 4, ulawCharacter, ulawEncode), 0);
}

TEST("A-law encodes all 65,536 samples as the recommendation says") {
  CHECK_EQUAL(wrongCharacters(alawDecisions(), 8, alawCharacter, alawEncode), 0);
}

TEST("known characters: silence, the smallest steps and the overload points") {
  const int16_t samples[] = {0, -1, 32767, -32768};
  uint8_t codes[4];
  ulawEncode(samples, codes, 4);
  CHECK_EQUAL(codes[0], 0xff);
  CHECK_EQUAL(codes[1], 0x7f);
  CHECK_EQUAL(codes[2], 0x80);
  CHECK_EQUAL(codes[3], 0x00);
  alawEncode(samples, codes, 4);
  CHECK_EQUAL(codes[0], 0xd5);
  CHECK_EQUAL(codes[1], 0x55);
  CHECK_EQUAL(codes[2], 0xaa);
  CHECK_EQUAL(codes[3], 0x2a);
}

TEST("every character survives decoding and encoding, save µ-law's second zero") {
  int changedUlaw = 0;
  int changedAlaw = 0;
  for (int i = 0; i < 256; ++i) {
    const auto code = static_cast<uint8_t>(i);
    int16_t sample = 0;
    uint8_t again = 0;
    ulawDecode(&code, &sample, 1);
    ulawEncode(&sample, &again, 1);
    changedUlaw += again == code ? 0 : 1;
    alawDecode(&code, &sample, 1);
    alawEncode(&sample, &again, 1);
    changedAlaw += again == code ? 0 : 1;
  }
  CHECK_EQUAL(changedUlaw, 1);
  CHECK_EQUAL(changedAlaw, 0);
}

}  // namespace

int main() { return check::run(); }
