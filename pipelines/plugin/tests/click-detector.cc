#include "tests/click-detector.h"

#include <map>

#include "audio/g711.h"
#include "tests/check.h"
#include "tests/synthetic.h"

using clicks::Defect;
using synthetic::Samples;

namespace {

constexpr uint32_t kRates[] = {8000, 16000, 48000};

void expectClean(const std::string& what, const Samples& pcm, uint32_t rate) {
  const auto found = clicks::findDefects(pcm, rate);
  if (!CHECK(found.empty())) std::printf("  %s, %u Hz: %s\n", what.c_str(), rate, clicks::describe(found, rate).c_str());
}

bool isVoice(const std::string& what) { return what == "deep voice" || what == "man" || what == "woman" || what == "child"; }

/** One of `kind` within 3 ms of `at`. */
bool finds(const std::vector<Defect>& found, Defect::Kind kind, size_t at, uint32_t rate) {
  return std::any_of(found.begin(), found.end(), [&](const Defect& d) {
    return d.kind == kind && std::labs(static_cast<long>(d.at) - static_cast<long>(at)) <= static_cast<long>(rate * 3 / 1000);
  });
}

std::map<std::string, Samples> makeSounds(uint32_t rate) {
  return {
      {"low tone", synthetic::tone(rate, 97, 1.6)},
      {"tone", synthetic::tone(rate, 440, 1.6)},
      {"high tone", synthetic::tone(rate, 3100, 1.6)},
      {"ringing", synthetic::sum(synthetic::tone(rate, 440, 1.6, -18), synthetic::tone(rate, 480, 1.6, -18))},
      {"digit", synthetic::sum(synthetic::tone(rate, 770, 1.6, -15), synthetic::tone(rate, 1477, 1.6, -15))},
      {"vowel", synthetic::vowel(rate, 123, 1.6)},
      {"noise", synthetic::noise(rate, 1.6)},
      {"deep voice", synthetic::speech(rate, 5, 85, 1)},
      {"man", synthetic::speech(rate, 5, 120, 2)},
      {"woman", synthetic::speech(rate, 5, 215, 3)},
      {"child", synthetic::speech(rate, 5, 330, 4)},
  };
}

const std::map<std::string, Samples>& sounds(uint32_t rate) {
  static std::map<uint32_t, std::map<std::string, Samples>> made;
  auto& known = made[rate];
  if (known.empty()) known = makeSounds(rate);
  return known;
}

Samples throughG711(const Samples& pcm) {
  std::vector<uint8_t> coded(pcm.size());
  Samples decoded(pcm.size());
  interconnect::ulawEncode(pcm.data(), coded.data(), pcm.size());
  interconnect::ulawDecode(coded.data(), decoded.data(), coded.size());
  return decoded;
}

TEST("nothing is found in clean tones, vowels, noise and speech-like signals, nor after G.711") {
  for (const uint32_t rate : kRates) {
    for (const auto& [what, pcm] : sounds(rate)) {
      expectClean(what, pcm, rate);
      expectClean(what + " through G.711", throughG711(pcm), rate);
    }
  }
}

TEST("nothing is found in silence and in level ramps up and down, slow and steep") {
  for (const uint32_t rate : kRates) {
    expectClean("silence", Samples(rate), rate);
    for (const auto& [what, pcm] : sounds(rate)) {
      for (const double rampMs : {isVoice(what) ? 20.0 : 5.0, 200.0}) {
        const double length = static_cast<double>(synthetic::msOf(rate, rampMs));
        Samples shaped = pcm;
        // Up, down to a tenth, and up again.
        for (size_t i = 0; i < shaped.size(); ++i) {
          const double up = std::min(1.0, static_cast<double>(i) / length);
          const double down = std::clamp((static_cast<double>(i) - rate * 0.8) / length, 0.0, 1.0);
          const double again = std::clamp((static_cast<double>(i) - rate * 1.4) / length, 0.0, 1.0);
          shaped[i] = synthetic::toSample(shaped[i] * up * (1 - 0.9 * (down - again)));
        }
        expectClean(what + " with ramps", shaped, rate);
      }
    }
  }
}

TEST("a one-sample step in the value is found, and so is a lasting one") {
  for (const uint32_t rate : kRates) {
    for (const char* what : {"low tone", "tone", "ringing", "vowel"}) {
      const Samples clean = sounds(rate).at(what);
      const size_t at = rate * 11 / 10;
      Samples spike = clean;
      spike[at] = synthetic::toSample(spike[at] + 600.0);
      CHECK(finds(clicks::findDefects(spike, rate), Defect::Kind::Click, at, rate));
      Samples step = clean;
      for (size_t i = at; i < step.size(); ++i) step[i] = synthetic::toSample(step[i] + 600.0);
      CHECK(finds(clicks::findDefects(step, rate), Defect::Kind::Click, at, rate));
    }
  }
}

TEST("a click as loud as the sound is found in noise and speech") {
  for (const uint32_t rate : kRates) {
    for (const char* what : {"noise", "man", "woman"}) {
      Samples pcm = sounds(rate).at(what);
      const size_t at = rate * 11 / 10;
      pcm[at] = synthetic::toSample(pcm[at] > 0 ? -30000.0 : 30000.0);
      CHECK(finds(clicks::findDefects(pcm, rate), Defect::Kind::Click, at, rate));
    }
  }
}

TEST("a sample left out of a tone, or a jump of its phase, is found") {
  for (const uint32_t rate : kRates) {
    const Samples clean = synthetic::tone(rate, 440, 2);
    for (const double leftOutMs : {0.3, 5.0, 7.1}) {
      const size_t at = rate * 11 / 10;
      Samples cut = clean;
      const auto begin = cut.begin() + static_cast<std::ptrdiff_t>(at);
      cut.erase(begin, begin + static_cast<std::ptrdiff_t>(synthetic::msOf(rate, leftOutMs)));
      CHECK(finds(clicks::findDefects(cut, rate), Defect::Kind::Click, at, rate));
    }
  }
}

TEST("a block of 10 or 20 ms that comes twice is found in noise, speech and tones") {
  for (const uint32_t rate : kRates) {
    for (const char* what : {"noise", "man", "child", "low tone", "digit"}) {
      for (const double blockMs : {10.0, 20.0}) {
        const Samples clean = sounds(rate).at(what);
        // Where it is loud.
        size_t at = rate;
        const size_t block = synthetic::msOf(rate, blockMs);
        while (std::abs(clean[at - block]) < 300 || std::abs(clean[at - 1]) < 300) ++at;
        Samples twice = clean;
        std::copy(clean.begin() + static_cast<std::ptrdiff_t>(at - block), clean.begin() + static_cast<std::ptrdiff_t>(at),
                  twice.begin() + static_cast<std::ptrdiff_t>(at));
        const auto found = clicks::findDefects(twice, rate);
        const bool asRepeat = finds(found, Defect::Kind::Repeat, at, rate);
        // In what has a period of its own, it is heard as the jump at its edge.
        const bool isFound = asRepeat || (what != std::string("noise") && finds(found, Defect::Kind::Click, at, rate));
        if (!CHECK(isFound)) std::printf("  %s, %u Hz, %g ms: %s\n", what, rate, blockMs, clicks::describe(found, rate).c_str());
      }
    }
  }
}

TEST("a gap of 5, 20 or 60 ms is found, with its length") {
  for (const uint32_t rate : kRates) {
    for (const char* what : {"low tone", "tone", "vowel", "noise"}) {
      for (const double gapMs : {5.0, 20.0, 60.0}) {
        Samples pcm = sounds(rate).at(what);
        const size_t at = rate * 11 / 10;
        std::fill_n(pcm.begin() + static_cast<std::ptrdiff_t>(at), synthetic::msOf(rate, gapMs), int16_t{0});
        const auto found = clicks::findDefects(pcm, rate);
        CHECK(finds(found, Defect::Kind::Gap, at, rate));
        for (const Defect& d : found) {
          if (d.kind == Defect::Kind::Gap) CHECK_NEAR(d.strength, gapMs, 1);
        }
      }
    }
  }
}

TEST("a pause between two words is no gap") {
  for (const uint32_t rate : kRates) {
    Samples pcm = synthetic::vowel(rate, 140, 2);
    const double ramp = rate * 0.015;
    for (size_t i = 0; i < pcm.size(); ++i) {
      const double distance = std::fabs(static_cast<double>(i) - rate) - rate * 0.03;
      pcm[i] = synthetic::toSample(pcm[i] * std::clamp(distance / ramp, 0.0, 1.0));
    }
    expectClean("two words", pcm, rate);
  }
}

}  // namespace

int main() { return check::run(); }
