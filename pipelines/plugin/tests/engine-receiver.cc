#include <chrono>
#include <memory>

#include "audio/tone.h"
#include "tests/check.h"
#include "tests/click-detector.h"
#include "tests/receiver-path.h"
#include "tests/synthetic.h"

using namespace interconnect;
using path::Path;
using synthetic::Samples;

namespace {

constexpr uint32_t kRate = path::kRate;

double ms(std::optional<Nanos> time) { return time ? static_cast<double>(*time) / kMillisecond : -1; }

void expectClean(const char* what, const Samples& pcm) {
  const auto found = clicks::findDefects(pcm, kRate);
  if (!CHECK(found.empty())) std::printf("  %s: %s\n", what, clicks::describe(found, kRate).c_str());
}

/** Where `part` lies in `whole`, to the sample; nothing when it is nowhere. */
std::optional<size_t> find(const Samples& part, const Samples& whole) {
  const auto at = std::search(whole.begin(), whole.end(), part.begin(), part.end());
  return at == whole.end() ? std::nullopt : std::optional(static_cast<size_t>(at - whole.begin()));
}

Samples slice(const Samples& pcm, size_t fromMs, size_t toMs) {
  return {pcm.begin() + static_cast<std::ptrdiff_t>(fromMs * 8), pcm.begin() + static_cast<std::ptrdiff_t>(toMs * 8)};
}

std::function<std::optional<Nanos>()> jitter(std::mt19937& random, Nanos spread) {
  return [&random, spread] { return std::optional<Nanos>(std::uniform_int_distribution<Nanos>(0, spread)(random)); };
}

/** Counts what a tone cannot be: it is foretold by its last two samples, but for the steps of G.711. */
class ToneListener {
 public:
  explicit ToneListener(double hz) : turn_(2 * std::cos(2 * M_PI * hz / kRate)) {}
  void operator()(const int16_t* pcm, size_t n) {
    for (size_t i = 0; i < n; ++i) {
      const double off = std::fabs(pcm[i] - turn_ * a_ + b_);
      worst_ = samples_ > kRate ? std::max(worst_, off) : 0;
      b_ = a_;
      a_ = pcm[i];
      ++samples_;
    }
  }
  double worst() const { return worst_; }

 private:
  double turn_;
  double a_ = 0;
  double b_ = 0;
  double worst_ = 0;
  size_t samples_ = 0;
};

TEST("on a clean path what is said is heard, sample for sample") {
  for (const int packetMs : {10, 20, 30, 40, 60}) {
    const Samples said = synthetic::speech(kRate, 5, 120);
    Path path(said);
    path.sender.packetTime = packetMs * kMillisecond;
    path.run(6 * kSecond);
    CHECK(find(slice(path::throughG711(said), 200, 4700), path.heard).has_value());
    CHECK_EQUAL(path.receiver.concealedMs() > 40, false);
  }
}

TEST("an hour of a tone from a clock 200 ppm fast or slow has no click and no growing delay") {
  for (const double ppm : {-200.0, 200.0}) {
    auto tone = std::make_shared<Tone>(kRate, 440, -12);
    Path path([tone](int16_t* out, size_t n) { tone->generate(out, n); });
    path.sender.driftPpm = ppm;
    ToneListener listener(440);
    path.listen = [&](const int16_t* pcm, size_t n) { listener(pcm, n); };
    const auto begin = std::chrono::steady_clock::now();
    path.run(3600 * kSecond);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    std::printf("     %+.0f ppm: %.1f off at worst, delay %.1f ms (max %.1f), concealed %.0f ms; took %.2f s\n", ppm, listener.worst(),
                ms(path.receiver.bufferDelay()), ms(path.receiver.delays().max()), path.receiver.concealedMs(), took.count());
    // The quantisation of µ-law at this level: ±256, and as much from each of the two before.
    CHECK(listener.worst() < 1000);
    CHECK_EQUAL(path.receiver.concealedMs(), 0.0);
    CHECK(path.receiver.delays().max() <= 40 * kMillisecond);
  }
}

TEST("drift of speech is made up for without a click, gap or repeated block") {
  for (const double ppm : {-1000.0, 1000.0}) {
    for (const double pitch : {85.0, 120.0, 215.0, 330.0}) {
      Path path(synthetic::speech(kRate, 60, pitch));
      path.sender.driftPpm = ppm;
      path.run(60 * kSecond);
      expectClean("drift", path.heard);
      CHECK_EQUAL(path.receiver.concealedMs(), 0.0);
      CHECK(path.receiver.delays().max() <= 40 * kMillisecond);
    }
  }
}

TEST("when jitter begins and ends the delay follows within seconds, and once it has grown nothing is heard of it") {
  for (const double pitch : {85.0, 120.0, 215.0, 330.0}) {
    Path path(synthetic::speech(kRate, 80, pitch));
    path.run(12 * kSecond);
    const double before = ms(path.receiver.bufferDelay());
    path.delay = jitter(path.random, 80 * kMillisecond);
    path.run(3 * kSecond);
    const double concealed = path.receiver.concealedMs();
    path.heard.clear();
    path.run(20 * kSecond);
    const double during = ms(path.receiver.bufferDelay());
    CHECK((path.receiver.concealedMs() - concealed) / 20'000 < 0.01);
    path.delay = [] { return std::optional<Nanos>(0); };
    // Ten seconds to believe that it is over.
    path.run(14 * kSecond);
    const double after = ms(path.receiver.bufferDelay());
    expectClean("while the hold shrinks", path.heard);
    std::printf("     delay before %.1f, during %.1f, after %.1f ms\n", before, during, after);
    CHECK(after <= before + 13);
    CHECK(after <= ms(path.receiver.bufferTarget()) + 13);
  }
}

TEST("duplicates change nothing") {
  const Samples said = synthetic::speech(kRate, 5, 120);
  Path path(said);
  path.copies = 3;
  path.run(6 * kSecond);
  CHECK(find(slice(path::throughG711(said), 200, 4700), path.heard).has_value());
}

TEST("reordered packets are put in order, once the hold covers it without a gap") {
  const Samples said = synthetic::speech(kRate, 20, 120);
  Path path(said);
  path.delay = [n = 0]() mutable { return std::optional<Nanos>(++n % 5 == 0 ? 45 * kMillisecond : 0); };
  path.run(21 * kSecond);
  CHECK(find(slice(path::throughG711(said), 3000, 19000), path.heard).has_value());
}

TEST("another SSRC, a jump of the numbers and one of the time stamps are passed without a click") {
  Path path(synthetic::vowel(kRate, 123, 20));
  path.run(2 * kSecond);
  path.sender.ssrc = 0xdecade;
  path.run(2 * kSecond);
  path.sender.sequence = static_cast<uint16_t>(path.sender.sequence + 20000);
  path.run(2 * kSecond);
  path.sender.timestamp += 0x60000000;
  path.run(2 * kSecond);
  path.sender.ssrc = 0xc0ffee;
  path.sender.sequence = 5;
  path.sender.timestamp = 77;
  path.run(2 * kSecond);
  // Its first packet.
  path.heard.erase(path.heard.begin(), path.heard.begin() + 800);
  const auto found = clicks::findClicks(path.heard, kRate);
  if (!CHECK(found.empty())) std::printf("  %s\n", clicks::describe(found, kRate).c_str());
  CHECK(path.receiver.concealedMs() <= 60);
}

TEST("pauses of a sender that sends nothing in silence keep their length, and no word is cut") {
  for (const bool marked : {true, false}) {
    for (const int pauseMs : {100, 400, 3000}) {
      const Samples word = [] {
        Samples pcm = synthetic::vowel(kRate, 140, 0.6);
        for (size_t i = 0; i < pcm.size(); ++i) {
          const double edge = std::min({1.0, static_cast<double>(i) / 160, static_cast<double>(pcm.size() - 1 - i) / 160});
          pcm[i] = synthetic::toSample(pcm[i] * edge);
        }
        return pcm;
      }();
      Path path([&, next = size_t{0}](int16_t* out, size_t n) mutable {
        for (size_t i = 0; i < n; ++i) out[i] = word[next++ % word.size()];
      });
      for (int i = 0; i < 5; ++i) {
        path.run(600 * kMillisecond);
        path.pause(pauseMs * kMillisecond);
        if (!marked) path.sender.marker = false;
        path.run(pauseMs * kMillisecond);
      }
      path.run(100 * kMillisecond);
      const Samples expected = path::throughG711(word);
      const Samples middle(expected.begin() + 200, expected.end() - 8);
      std::vector<size_t> found;
      for (size_t from = 0; from < path.heard.size();) {
        const Samples rest(path.heard.begin() + static_cast<std::ptrdiff_t>(from), path.heard.end());
        const auto at = find(middle, rest);
        if (!at) break;
        found.push_back(from + *at);
        from += *at + middle.size();
      }
      CHECK_EQUAL(found.size(), size_t{5});
      for (size_t i = 1; i < found.size(); ++i) {
        CHECK_NEAR(static_cast<double>(found[i] - found[i - 1]) / 8, 600 + pauseMs, 20);
      }
      expectClean("words", path.heard);
    }
  }
}

TEST("packet times that change in mid-stream are followed without a fault") {
  const Samples said = synthetic::speech(kRate, 32, 120);
  Path path(said);
  // From a longer to a shorter one more hold is needed, which is made by stretching.
  for (const int packetMs : {20, 60, 30, 10, 40, 20, 60, 10}) {
    path.sender.packetTime = packetMs * kMillisecond;
    path.run(4 * kSecond);
  }
  expectClean("packet times", path.heard);
  CHECK(path.receiver.concealedMs() <= 60);
  CHECK(ms(path.receiver.bufferDelay()) <= 60);
}

TEST("after a stall of our own the sound goes on without a click, and without the delay that built up") {
  for (const int stallMs : {100, 260, 280, 400, 1000, 5000}) {
    for (const double pitch : {85.0, 120.0, 215.0, 330.0}) {
      Path path(synthetic::vowel(kRate, pitch, 20));
      path.run(3 * kSecond);
      path.heard.erase(path.heard.begin(), path.heard.begin() + 800);
      path.stall(stallMs * kMillisecond);
      path.run(3 * kSecond);
      const auto found = clicks::findClicks(path.heard, kRate);
      if (!CHECK(found.empty())) std::printf("  %d ms at %.0f Hz: %s\n", stallMs, pitch, clicks::describe(found, kRate).c_str());
      if (stallMs > 260) CHECK(ms(path.receiver.bufferDelay()) <= 60);
    }
  }
}

TEST("the time in the buffer is that until the audio is heard, whatever the packet time is") {
  for (const int packetMs : {10, 20, 30, 40, 60}) {
    Path path(synthetic::vowel(kRate, 120, 20));
    path.sender.packetTime = packetMs * kMillisecond;
    path.run(10 * kSecond);
    const DelaySum& holds = path.receiver.holds();
    CHECK_NEAR(static_cast<double>(holds.sum) / static_cast<double>(holds.count) / kMillisecond, ms(path.receiver.bufferDelay()), 1.5);
  }
}

TEST("media that begins long after the answer is heard from its first word on") {
  for (const Nanos late : {kSecond, 30 * kSecond}) {
    const Samples said = synthetic::speech(kRate, 3, 215);
    Path path(said);
    path.sender.at += late;
    path.run(late + 4 * kSecond);
    const auto at = find(slice(path::throughG711(said), 0, 2900), path.heard);
    CHECK(at.has_value());
    if (at) CHECK_NEAR(static_cast<double>(*at) / 8 - static_cast<double>(late) / kMillisecond, 20, 20);
  }
}

}  // namespace

int main() { return check::run(); }
