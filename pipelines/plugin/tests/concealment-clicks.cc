#include <map>
#include <string>

#include "audio/concealment.h"
#include "audio/linear-prediction.h"
#include "tests/check.h"
#include "tests/click-detector.h"
#include "tests/synthetic.h"

using namespace interconnect;
using synthetic::Samples;

namespace {

constexpr uint32_t kRates[] = {8000, 16000, 48000};

std::map<std::string, Samples> sounds(uint32_t rate) {
  return {
      {"97 Hz", synthetic::tone(rate, 97, 3)},
      {"440 Hz", synthetic::tone(rate, 440, 3)},
      {"1000 Hz", synthetic::tone(rate, 1000, 3)},
      {"ringing", synthetic::sum(synthetic::tone(rate, 440, 3, -18), synthetic::tone(rate, 480, 3, -18))},
      {"digit", synthetic::sum(synthetic::tone(rate, 770, 3, -15), synthetic::tone(rate, 1477, 3, -15))},
      {"vowel", synthetic::vowel(rate, 123, 3)},
      {"noise", synthetic::noise(rate, 3)},
      {"deep voice", synthetic::speech(rate, 6, 85, 1)},
      {"man", synthetic::speech(rate, 6, 120, 2)},
      {"woman", synthetic::speech(rate, 6, 215, 3)},
      {"child", synthetic::speech(rate, 6, 330, 4)},
  };
}

bool isSteady(const std::string& what) { return what.find("voice") == what.npos && what != "man" && what != "woman" && what != "child"; }

/** `pcm` as it is heard when a burst of `lostMs` in packets of `packetMs` is lost every 300 ms. */
Samples withLosses(uint32_t rate, Samples pcm, double lostMs, double packetMs = 20) {
  Concealment concealment(rate);
  const size_t packet = synthetic::msOf(rate, packetMs);
  const auto lost = static_cast<size_t>(lostMs / packetMs);
  const auto every = static_cast<size_t>(300 / packetMs);
  for (size_t i = 0; (i + 1) * packet <= pcm.size(); ++i) {
    int16_t* at = pcm.data() + i * packet;
    if (i >= every && i % every < lost) concealment.conceal(at, packet);
    else concealment.good(at, packet);
  }
  return pcm;
}

TEST("bursts of 10 to 60 ms are lost without a click or a gap at 8, 16 and 48 kHz") {
  for (const uint32_t rate : kRates) {
    for (const auto& [what, pcm] : sounds(rate)) {
      for (const double lostMs : {10.0, 20.0, 40.0, 60.0}) {
        const Samples heard = withLosses(rate, pcm, lostMs, lostMs == 10 ? 10 : 20);
        auto found = clicks::findClicks(heard, rate);
        // Half of a word's first period, repeated, has the silence from before it in it.
        const auto gaps = isSteady(what) ? clicks::findGaps(heard, rate) : std::vector<clicks::Defect>{};
        found.insert(found.end(), gaps.begin(), gaps.end());
        if (!CHECK(found.empty())) std::printf("  %s, %u Hz, %g ms: %s\n", what.c_str(), rate, lostMs, clicks::describe(found, rate).c_str());
      }
    }
  }
}

TEST("a fifth of the packets is lost at random without a click") {
  for (const uint32_t rate : kRates) {
    for (const double pitch : {85.0, 120.0, 215.0, 330.0}) {
      std::mt19937 random(2);
      Samples heard = synthetic::speech(rate, 10, pitch);
      Concealment concealment(rate);
      const size_t packet = rate / 50;
      for (size_t i = 0; i < heard.size(); i += packet) {
        if (random() % 5 == 0) concealment.conceal(heard.data() + i, packet);
        else concealment.good(heard.data() + i, packet);
      }
      const auto found = clicks::findClicks(heard, rate);
      if (!CHECK(found.empty())) std::printf("  %g Hz, %u Hz: %s\n", pitch, rate, clicks::describe(found, rate).c_str());
    }
  }
}

TEST("two tones ring on for 4 ms as they would have gone on") {
  for (const uint32_t rate : {8000u, 16000u}) {
    const Samples pcm = synthetic::sum(synthetic::tone(rate, 770, 1, -15), synthetic::tone(rate, 1477, 1, -15));
    const size_t n = rate / 250;
    std::vector<float> rung(n);
    ringOn(pcm.data(), rate / 50, rung.data(), n);
    double off = 0;
    double all = 0;
    for (size_t i = 0; i < n; ++i) {
      off += std::pow(static_cast<double>(rung[i]) - pcm[rate / 50 + i], 2);
      all += std::pow(static_cast<double>(pcm[rate / 50 + i]), 2);
    }
    CHECK(off < all / 10);
  }
}

}  // namespace

int main() { return check::run(); }
