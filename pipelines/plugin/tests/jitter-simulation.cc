#include <cstdio>

#include "tests/check.h"
#include "tests/stream.h"

using namespace interconnect;
using stream::Heard;
using stream::ms;
using stream::Network;
using stream::Stream;

namespace {

std::optional<Nanos> noise(std::mt19937& random, Nanos spread) {
  return std::uniform_int_distribution<Nanos>(0, spread)(random);
}

void print(const char* what, const Heard& heard, const Stream& s) {
  const JitterBufferCounts& c = s.buffer.counts();
  std::printf("     %-34s delay p50 %5.1f p95 %5.1f max %5.1f ms, missing %5.0f stretched %5.0f shortened %5.0f ms, late %llu dropped %llu grown %llu shrunk %llu\n",
              what, ms(heard.quantile(0.5)), ms(heard.quantile(0.95)), ms(heard.quantile(1)), ms(heard.missing), ms(heard.stretched), ms(heard.shortened),
              static_cast<unsigned long long>(c.late), static_cast<unsigned long long>(c.dropped),
              static_cast<unsigned long long>(c.grown), static_cast<unsigned long long>(c.shrunk));
}

double missingShare(const Heard& heard) {
  return static_cast<double>(heard.missing) / static_cast<double>(heard.missing + heard.played);
}

TEST("a clean stream is held no longer than its phase to the tick demands, at every phase") {
  std::vector<Nanos> all;
  for (Nanos phase = 0; phase < 20 * kMillisecond; phase += 100 * kMicrosecond) {
    Network network;
    network.phase = phase;
    // What loopback and a scheduler add: a quarter of a millisecond.
    network.delay = [](size_t, std::mt19937& random) { return noise(random, 250 * kMicrosecond); };
    Stream s(network, static_cast<uint32_t>(phase));
    const Heard heard = s.run(30 * kSecond);
    CHECK(heard.quantile(0.95) <= 23 * kMillisecond);
    // A stream at the edge may move once; then it stays.
    CHECK(heard.missing <= 20 * kMillisecond);
    CHECK_EQUAL(s.buffer.counts().late, uint64_t{0});
    CHECK_EQUAL(s.buffer.counts().shrunk, uint64_t{0});
    CHECK(heard.packets >= 1498);
    all.insert(all.end(), heard.delays.begin(), heard.delays.end());
  }
  Heard sum;
  sum.delays = std::move(all);
  std::printf("     clean 20 ms packets, 200 phases: delay p50 %.2f p95 %.2f p99 %.2f max %.2f ms\n", ms(sum.quantile(0.5)),
              ms(sum.quantile(0.95)), ms(sum.quantile(0.99)), ms(sum.quantile(1)));
  CHECK(sum.quantile(0.5) <= 15 * kMillisecond);
  CHECK(sum.quantile(0.95) <= 23 * kMillisecond);
}

TEST("packets of 10, 20, 30, 40 and 60 ms of a clean stream are all played, at any phase") {
  for (const int length : {10, 20, 30, 40, 60}) {
    Nanos worst = 0;
    for (Nanos phase = 0; phase < 20 * kMillisecond; phase += 700 * kMicrosecond) {
      Network network;
      network.packetTime = length * kMillisecond;
      network.phase = phase;
      Stream s(network);
      const Heard heard = s.run(60 * kSecond);
      // How long a packet is shows with the second one: until then a short one can be waited for in vain.
      CHECK(s.buffer.counts().late <= (length < 20 ? 1 : 0));
      CHECK(heard.missing <= 40 * kMillisecond);
      CHECK(heard.played >= 59'800 * kMillisecond);
      CHECK(!heard.outOfOrder);
      worst = std::max(worst, heard.quantile(0.95));
    }
    std::printf("     %d ms packets: p95 of the worst phase %.1f ms\n", length, ms(worst));
    CHECK(worst <= 43 * kMillisecond);
  }
}

TEST("jitter of ±40 ms costs less than 1 % of the audio once the buffer has settled") {
  for (const int length : {10, 20, 30, 60}) {
    for (uint32_t seed = 1; seed <= 5; ++seed) {
      Network network;
      network.packetTime = length * kMillisecond;
      network.phase = static_cast<Nanos>(seed) * 3 * kMillisecond;
      network.delay = [](size_t, std::mt19937& random) { return noise(random, 80 * kMillisecond); };
      Stream s(network, seed);
      s.run(5 * kSecond);
      const Heard heard = s.run(120 * kSecond);
      if (seed == 1) print((std::to_string(length) + " ms packets, ±40 ms").c_str(), heard, s);
      CHECK(missingShare(heard) < 0.01);
      CHECK(heard.quantile(0.5) <= 85 * kMillisecond);
      CHECK(heard.quantile(1) <= 140 * kMillisecond);
      CHECK(!heard.outOfOrder);
    }
  }
}

TEST("the hold grows within two seconds of jitter and is gone again about ten seconds after it") {
  bool jittery = false;
  Network network;
  network.phase = 7 * kMillisecond;
  network.delay = [&](size_t, std::mt19937& random) { return noise(random, jittery ? 80 * kMillisecond : 100); };
  Stream s(network);
  const Nanos before = s.run(20 * kSecond).quantile(0.5);
  jittery = true;
  s.run(2 * kSecond);
  const Heard during = s.run(20 * kSecond);
  CHECK(missingShare(during) < 0.01);
  jittery = false;
  s.run(9 * kSecond);
  CHECK(s.buffer.counts().shrunk == 0);
  s.run(11 * kSecond);
  const Nanos after = s.run(10 * kSecond).quantile(0.5);
  std::printf("     p50 before %.1f, during %.1f, after %.1f ms\n", ms(before), ms(during.quantile(0.5)), ms(after));
  CHECK(after <= 23 * kMillisecond);
}

TEST("5 % random loss is reported as 5 % missing and costs no delay") {
  Network network;
  network.phase = 11 * kMillisecond;
  network.delay = [](size_t, std::mt19937& random) {
    return random() % 20 == 0 ? std::optional<Nanos>() : std::optional<Nanos>(0);
  };
  Stream s(network);
  const Heard heard = s.run(120 * kSecond);
  print("5 % loss", heard, s);
  CHECK_NEAR(missingShare(heard), 0.05, 0.008);
  CHECK(heard.quantile(0.95) <= 23 * kMillisecond);
  CHECK_EQUAL(s.buffer.counts().grown, uint64_t{0});
}

TEST("an hour of a sender 200 ppm fast or slow neither grows the delay nor leaves the buffer dry") {
  for (const double ppm : {-200.0, 200.0}) {
    Network network;
    network.driftPpm = ppm;
    network.phase = 5 * kMillisecond;
    network.delay = [](size_t, std::mt19937& random) { return noise(random, 500 * kMicrosecond); };
    Stream s(network);
    const Heard heard = s.run(3600 * kSecond);
    print(ppm < 0 ? "-200 ppm for an hour" : "+200 ppm for an hour", heard, s);
    // Less than a period too much stays until a pause.
    CHECK(heard.quantile(0.95) <= 29 * kMillisecond);
    CHECK(heard.quantile(1) <= 31 * kMillisecond);
    // 0.72 s of drift, and nothing of it by gaps.
    CHECK_NEAR(ms(heard.stretched + heard.shortened), 720, 24);
    CHECK_EQUAL(heard.missing, Nanos{0});
    CHECK_EQUAL(heard.trimmed, Nanos{0});
    CHECK_EQUAL(s.buffer.counts().late, uint64_t{0});
    CHECK_EQUAL(ppm < 0 ? s.buffer.counts().shrunk : s.buffer.counts().grown, uint64_t{0});
  }
}

TEST("after the network froze for a second the newest packets are played and the delay stays as it was") {
  Network network;
  network.phase = 4 * kMillisecond;
  Nanos frozenFrom = 0;
  Nanos frozenTo = 0;
  Stream* running = nullptr;
  network.delay = [&](size_t index, std::mt19937&) {
    const Nanos sentAt = 4 * kMillisecond + static_cast<Nanos>(index) * 20 * kMillisecond;
    const bool frozen = running != nullptr && sentAt >= frozenFrom && sentAt < frozenTo;
    return std::optional<Nanos>(frozen ? frozenTo - sentAt : 0);
  };
  Stream s(network);
  running = &s;
  const Nanos before = s.run(20 * kSecond).quantile(0.5);
  frozenFrom = s.now + kSecond;
  frozenTo = frozenFrom + kSecond;
  s.run(2 * kSecond + 100 * kMillisecond);
  CHECK(s.buffer.counts().dropped + s.buffer.counts().late >= 45);
  const Heard after = s.run(5 * kSecond);
  print("after a freeze of 1 s", after, s);
  CHECK(after.quantile(1) <= std::max<Nanos>(before, 23 * kMillisecond));
  CHECK_EQUAL(after.missing, Nanos{0});
}

TEST("a path that becomes longer is followed within half a second") {
  for (const int longer : {60, 150, 400}) {
    Network network;
    network.phase = 9 * kMillisecond;
    network.delay = [&](size_t index, std::mt19937&) {
      return std::optional<Nanos>(index < 1000 ? 0 : longer * kMillisecond);
    };
    Stream s(network);
    s.run(20 * kSecond);
    s.run(500 * kMillisecond + longer * kMillisecond);
    const Heard after = s.run(5 * kSecond);
    CHECK_EQUAL(after.missing, Nanos{0});
    CHECK(after.quantile(0.95) <= 43 * kMillisecond);
  }
}

TEST("a path that becomes 60 ms shorter loses its extra delay again") {
  Network network;
  network.phase = 9 * kMillisecond;
  network.delay = [](size_t index, std::mt19937&) { return std::optional<Nanos>(index < 1000 ? 60 * kMillisecond : 0); };
  Stream s(network);
  s.run(20 * kSecond);
  s.run(25 * kSecond);
  const Heard after = s.run(5 * kSecond);
  CHECK(after.quantile(1) <= 23 * kMillisecond);
  CHECK_EQUAL(after.missing, Nanos{0});
}

TEST("when ticks of our own were skipped, the delay that built up goes away again") {
  Stream s{Network{}};
  s.run(20 * kSecond);
  for (const Nanos stall : {200 * kMillisecond, 2 * kSecond}) {
    s.now += stall;
    s.run(20 * kSecond);
    const Heard after = s.run(5 * kSecond);
    CHECK(after.quantile(1) <= 23 * kMillisecond);
    CHECK_EQUAL(after.missing, Nanos{0});
  }
}

TEST("reordered packets are played in order and none is lost once the hold covers it") {
  Network network;
  network.phase = 2 * kMillisecond;
  network.delay = [](size_t index, std::mt19937&) {
    return std::optional<Nanos>(index % 5 == 0 ? 45 * kMillisecond : 0);
  };
  Stream s(network);
  s.run(2 * kSecond);
  const Heard heard = s.run(20 * kSecond);
  CHECK(!heard.outOfOrder);
  CHECK_EQUAL(heard.missing, Nanos{0});
  CHECK(heard.packets >= 999);
}

TEST("bursts of three packets every 60 ms are played evenly") {
  Network network;
  network.phase = 2 * kMillisecond;
  network.delay = [](size_t index, std::mt19937&) {
    return std::optional<Nanos>(static_cast<Nanos>(2 - index % 3) * 20 * kMillisecond);
  };
  Stream s(network);
  s.run(2 * kSecond);
  const Heard heard = s.run(20 * kSecond);
  CHECK_EQUAL(heard.missing, Nanos{0});
  CHECK(heard.quantile(1) <= 65 * kMillisecond);
}

TEST("talkspurts on a jittery network begin with the hold that the ones before have taught") {
  Network network;
  network.delay = [](size_t index, std::mt19937& random) {
    return index % 500 < 200 ? noise(random, 80 * kMillisecond) : std::optional<Nanos>();
  };
  Stream s(network);
  s.run(60 * kSecond);
  const uint64_t lateBefore = s.buffer.counts().late;
  const Heard heard = s.run(600 * kSecond);
  print("talkspurts of 4 s, ±40 ms", heard, s);
  CHECK(heard.packets >= 60 * 200 * 97 / 100);
  CHECK(s.buffer.counts().late - lateBefore <= 60 * 200 / 100);
  CHECK(heard.quantile(0.95) <= 130 * kMillisecond);
}

TEST("ticks that begin up to two milliseconds late cost nothing but their lateness") {
  Network network;
  network.phase = 6 * kMillisecond;
  Stream s(network);
  Heard heard;
  std::mt19937 random(5);
  for (int i = 1; i <= 3000; ++i) {
    const Nanos now = i * 20 * kMillisecond + static_cast<Nanos>(random() % 2000) * kMicrosecond;
    s.sendUntil(now);
    stream::tick(s.buffer, now, 20 * kMillisecond, s.pcm, s.scaler, heard);
  }
  CHECK_EQUAL(heard.missing, Nanos{0});
  CHECK(heard.quantile(1) <= 17 * kMillisecond);
}

TEST("an hour of talkspurts, each a minute after the last, is never more than a tick late") {
  Network network;
  network.driftPpm = 200;
  network.phase = 3 * kMillisecond;
  network.delay = [](size_t index, std::mt19937&) {
    return index % 3000 < 150 ? std::optional<Nanos>(0) : std::optional<Nanos>();
  };
  Stream s(network);
  const Heard heard = s.run(3600 * kSecond);
  CHECK(heard.packets >= 59 * 148);
  CHECK(heard.quantile(1) <= 23 * kMillisecond);
  // Each pause begins with what could still be loss, then is silence.
  CHECK(heard.missing <= 61 * 240 * kMillisecond);
}

}  // namespace

int main() { return check::run(); }
