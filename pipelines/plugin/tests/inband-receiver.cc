#include "dtmf/inband-receiver.h"

#include <string>

#include "dtmf/tone-sender.h"
#include "tests/check.h"
#include "tests/click-detector.h"
#include "tests/digit-tones.h"
#include "tests/synthetic.h"

using namespace interconnect;

namespace {

struct Heard {
  std::string digits;
  /** What others hear. */
  synthetic::Samples samples;
};

Heard run(synthetic::Samples said, uint32_t rate, bool remove) {
  InbandReceiver receiver(rate, remove);
  Heard heard;
  const size_t tick = rate / 50;
  for (size_t at = 0; at + tick <= said.size(); at += tick) {
    const int16_t* out = receiver.hear(said.data() + at, tick, false);
    if (out != nullptr) heard.samples.insert(heard.samples.end(), out, out + tick);
    else heard.samples.insert(heard.samples.end(), tick, 0);
    while (const auto digit = receiver.next()) heard.digits += digit->digit;
  }
  return heard;
}

TEST("speech goes through sample by sample: at once, or a tick later where digits are to be removed") {
  for (const uint32_t rate : {8000u, 16000u, 48000u}) {
    const synthetic::Samples speech = synthetic::speech(rate, 20, 120);
    CHECK(run(speech, rate, false).samples == speech);
    const synthetic::Samples later = run(speech, rate, true).samples;
    CHECK(std::equal(later.begin() + rate / 50, later.end(), speech.begin()));
  }
}

TEST("a digit in the middle of speech is cut out without a click, and what is said around it stays") {
  constexpr uint32_t kRate = 16000;
  synthetic::Samples said = synthetic::tone(kRate, 300, 3, -20);
  ToneSender phone;
  CHECK(phone.queue("8", 100, 40));
  for (size_t i = 0; i < 20; i++) phone.write(said.data() + kRate + 100 + 160 * i, 160, kRate);
  const Heard heard = run(said, kRate, true);
  CHECK_EQUAL(heard.digits, std::string("8"));
  // Not where the voice itself begins.
  const synthetic::Samples later(heard.samples.begin() + kRate / 10, heard.samples.end());
  CHECK_EQUAL(clicks::findClicks(later, kRate).size(), size_t{0});
  size_t different = 0;
  for (size_t i = 0; i + kRate / 50 < said.size(); i++) different += heard.samples[i + kRate / 50] != said[i] ? 1 : 0;
  // 100 ms of tone, less what gets through at its beginning, and at most 25 ms of what comes behind it.
  CHECK(different >= kRate / 1000 * 80 && different <= kRate / 1000 * 125);
}

TEST("while nothing comes, nothing is heard, and a digit that the stream ended in is told") {
  InbandReceiver receiver(8000, true);
  synthetic::Samples digit = digit_tones::tones(8000, '3', {-11, -9, 0, 0, 80, 0});
  for (size_t tick = 0; tick < 4; tick++) receiver.hear(digit.data() + 160 * tick, 160, false);
  CHECK(!receiver.next());
  CHECK(receiver.hear(nullptr, 160, false) != nullptr);
  for (int i = 0; i < 3; i++) CHECK(receiver.hear(nullptr, 160, false) == nullptr);
  const auto told = receiver.next();
  CHECK(told && told->digit == '3' && told->source == DigitSource::Inband);
  CHECK(!receiver.next());
}

}  // namespace

int main() { return check::run(); }
