// Far ends whose RTP is odd: what they say is heard all the same.
#include "tests/check.h"
#include "tests/click-detector.h"
#include "tests/receiver-path.h"
#include "tests/synthetic.h"

using namespace interconnect;
using path::Path;
using synthetic::Samples;

namespace {

constexpr uint32_t kRate = path::kRate;

Samples slice(const Samples& pcm, size_t fromMs, size_t toMs) {
  return {pcm.begin() + static_cast<std::ptrdiff_t>(fromMs * 8), pcm.begin() + static_cast<std::ptrdiff_t>(toMs * 8)};
}

bool hears(const Path& path, const Samples& part) {
  return std::search(path.heard.begin(), path.heard.end(), part.begin(), part.end()) != path.heard.end();
}

void expectNoClick(const char* what, const Samples& pcm) {
  const auto found = clicks::findClicks(pcm, kRate);
  if (!CHECK(found.empty())) std::printf("  %s: %s\n", what, clicks::describe(found, kRate).c_str());
}

}  // namespace

TEST("a marker on every packet, on none, or where there is no pause changes nothing") {
  const Samples said = synthetic::speech(kRate, 5, 120);
  const std::function<bool(uint16_t)> markers[] = {[](uint16_t) { return true; }, [](uint16_t) { return false; },
                                                   [](uint16_t n) { return n % 7 == 0; }};
  for (const auto& marks : markers) {
    Path path(said);
    path.alter = [&](RtpPacket& packet) { packet.marker = marks(packet.sequence); };
    path.run(6 * kSecond);
    CHECK(hears(path, slice(path::throughG711(said), 200, 4700)));
  }
}

TEST("time stamps that stand still, for a second or for good, are played in the order of the numbers") {
  for (const bool forGood : {false, true}) {
    const Samples said = synthetic::speech(kRate, 10, 120);
    Path path(said);
    std::optional<uint32_t> stuck;
    path.alter = [&](RtpPacket& packet) {
      const bool stands = path.now >= 2 * kSecond && (forGood || path.now < 3 * kSecond);
      if (!stands) return;
      if (!stuck) stuck = packet.timestamp;
      packet.timestamp = *stuck;
    };
    path.run(9 * kSecond);
    CHECK(hears(path, slice(path::throughG711(said), 200, 1900)));
    CHECK(hears(path, slice(path::throughG711(said), 3500, 7700)));
    expectNoClick("standing still", path.heard);
    CHECK(path.receiver.concealedMs() <= 200);
  }
}

TEST("time stamps that jump, ahead and back, by little and by much, cost a packet at most") {
  for (const int64_t byMs : {-60'000, -1'000, -100, 100, 1'000, 60'000}) {
    const Samples said = synthetic::speech(kRate, 26, 215);
    Path path(said);
    path.run(3 * kSecond);
    path.sender.timestamp += static_cast<uint32_t>(byMs * 8);
    path.run(22 * kSecond);
    CHECK(hears(path, slice(path::throughG711(said), 200, 2900)));
    CHECK(hears(path, slice(path::throughG711(said), 3500, 7700)));
    expectNoClick("a jump", path.heard);
    // A short one ahead is taken for a pause, and the delay that it leaves is gone after ten seconds.
    CHECK(path.receiver.concealedMs() <= 120);
    CHECK(path.receiver.bufferDelay().value_or(0) <= 40 * kMillisecond);
  }
}

TEST("the payload type may change with every packet, between those that were agreed") {
  const Samples said = synthetic::speech(kRate, 6, 120);
  Path path(said);
  path.receiver.setCodecs({path::pcmu(), path::pcma()});
  for (int i = 0; i < 300; ++i) {
    path.sender.payloadType = i % 3 == 0 ? 8 : 0;
    path.run(20 * kMillisecond);
  }
  expectNoClick("two codecs", path.heard);
  CHECK(path.receiver.concealedMs() <= 20);
}

TEST("packets that come again, late, before others, in new streams and at changing packet times, all at once") {
  const Samples said = synthetic::speech(kRate, 60, 120);
  Path path(said);
  path.copies = 2;
  path.delay = [&]() -> std::optional<Nanos> {
    const auto fate = path.random() % 50;
    if (fate == 0) return std::nullopt;
    if (fate == 1) return 45 * kMillisecond;
    return static_cast<Nanos>(path.random() % 20) * kMillisecond;
  };
  constexpr int kPacketMs[] = {20, 10, 60, 30, 40, 20};
  for (int i = 0; i < 6; ++i) {
    path.sender.packetTime = kPacketMs[i] * kMillisecond;
    path.sender.ssrc += 77;
    path.sender.sequence = static_cast<uint16_t>(path.sender.sequence * 31);
    path.sender.timestamp *= 17;
    path.run(10 * kSecond);
  }
  // 2 % are lost, some late ones until the hold has grown, and what a new stream takes to be believed.
  CHECK(path.receiver.concealedMs() < 60'000 * 0.06);
  CHECK(path.receiver.bufferDelay().value_or(0) <= 150 * kMillisecond);
  const auto found = clicks::findClicks(path.heard, kRate);
  std::printf("     concealed %.0f ms, %s\n", path.receiver.concealedMs(), clicks::describe(found, kRate).c_str());
  CHECK(found.size() <= 3);
}

int main() { return check::run(); }
