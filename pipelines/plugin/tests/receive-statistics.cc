#include "rtp/receive-statistics.h"
#include "tests/check.h"

using namespace interconnect;

namespace {

struct Receiver {
  ReceiveStatistics statistics{8000};
  uint8_t payload[160] = {};

  void get(uint16_t sequence, Nanos arrival, uint32_t ssrc = 7, uint32_t timestamp = 0, bool audio = true) {
    RtpPacket packet;
    packet.sequence = sequence;
    packet.timestamp = timestamp;
    packet.ssrc = ssrc;
    packet.payload = {payload, sizeof payload};
    statistics.received(packet, arrival, audio);
  }

  void getRun(uint16_t first, int count, uint32_t ssrc = 7) {
    for (int i = 0; i < count; ++i) {
      const auto sequence = static_cast<uint16_t>(first + i);
      get(sequence, i * 20 * kMillisecond, ssrc, static_cast<uint32_t>(i) * 160);
    }
  }
};

TEST("a clean stream has nothing lost and no jitter, across the wrap of its numbers") {
  Receiver r;
  r.getRun(65000, 2000);
  CHECK_EQUAL(r.statistics.packets(), uint64_t{2000});
  CHECK_EQUAL(r.statistics.expected(), uint64_t{2000});
  CHECK_EQUAL(r.statistics.lost(), uint64_t{0});
  CHECK_EQUAL(r.statistics.bytes(), uint64_t{320000});
  CHECK_EQUAL(r.statistics.jitter().value_or(-1), Nanos{0});
  const auto report = r.statistics.report(0);
  CHECK_EQUAL(report->highestSequence, 65000u + 1999u);
  CHECK_EQUAL(report->fractionLost, 0);
}

TEST("before the first packet there is nothing to report") {
  Receiver r;
  CHECK(!r.statistics.report(0));
  CHECK(!r.statistics.jitter());
  CHECK(!r.statistics.ssrc());
  CHECK(!r.statistics.lastArrival());
  CHECK_EQUAL(r.statistics.expected(), uint64_t{0});
  CHECK_EQUAL(r.statistics.lost(), uint64_t{0});
}

TEST("gaps count as lost, and a late packet takes its loss back") {
  Receiver r;
  for (const uint16_t sequence : std::initializer_list<uint16_t>{1, 2, 5, 6}) r.get(sequence, 0);
  CHECK_EQUAL(r.statistics.lost(), uint64_t{2});
  r.get(3, 0);
  CHECK_EQUAL(r.statistics.lost(), uint64_t{1});
  CHECK_EQUAL(r.statistics.reordered(), uint64_t{1});
  CHECK_EQUAL(r.statistics.duplicates(), uint64_t{0});
}

TEST("duplicates are counted and hide no loss") {
  Receiver r;
  for (const uint16_t sequence : std::initializer_list<uint16_t>{1, 1, 1, 2, 4, 4, 2}) r.get(sequence, 0);
  CHECK_EQUAL(r.statistics.duplicates(), uint64_t{4});
  CHECK_EQUAL(r.statistics.lost(), uint64_t{1});
  CHECK_EQUAL(r.statistics.expected(), uint64_t{4});
}

TEST("a packet from before the first one is expected too, also across the wrap") {
  for (const uint16_t first : {uint16_t{100}, uint16_t{0}}) {
    Receiver r;
    r.get(first, 0);
    r.get(static_cast<uint16_t>(first - 1), 0);
    CHECK_EQUAL(r.statistics.expected(), uint64_t{2});
    CHECK_EQUAL(r.statistics.lost(), uint64_t{0});
    CHECK_EQUAL(r.statistics.reordered(), uint64_t{1});
  }
}

TEST("the fraction lost is that since the last report") {
  Receiver r;
  r.getRun(0, 100);
  CHECK_EQUAL(r.statistics.report(0)->fractionLost, 0);
  for (uint16_t i = 100; i < 200; i = static_cast<uint16_t>(i + 2)) r.get(i, 0);
  r.get(200, 0);
  const auto report = r.statistics.report(0);
  CHECK_NEAR(report->fractionLost, 128, 3);
  CHECK_EQUAL(report->cumulativeLost, 50);
  CHECK_EQUAL(r.statistics.report(0)->fractionLost, 0);
}

TEST("packets that come late from an interval already reported make no negative loss") {
  Receiver r;
  r.get(0, 0);
  r.get(10, 0);
  CHECK(r.statistics.report(0)->fractionLost > 0);
  for (uint16_t i = 1; i < 10; ++i) r.get(i, 0);
  const auto report = r.statistics.report(0);
  CHECK_EQUAL(report->fractionLost, 0);
  CHECK_EQUAL(report->cumulativeLost, 0);
}

TEST("jitter follows RFC 3550 A.8") {
  Receiver r;
  double expected = 0;
  for (int i = 0; i < 200; ++i) {
    const Nanos late = (i % 2) * 8 * kMillisecond;
    r.get(static_cast<uint16_t>(i), i * 20 * kMillisecond + late, 7, static_cast<uint32_t>(i) * 160);
    if (i > 0) expected += (8.0 - expected) / 16;
  }
  CHECK_NEAR(static_cast<double>(r.statistics.jitter().value_or(0)) / kMillisecond, expected, 0.01);
  CHECK_NEAR(r.statistics.report(0)->jitter, expected * 8, 1);
}

TEST("a jump of the sender's time stamps is no jitter") {
  Receiver r;
  r.get(1, 0, 7, 0);
  r.get(2, 20 * kMillisecond, 7, 0x40000000);
  r.get(3, 40 * kMillisecond, 7, 0x40000000 + 160);
  CHECK_EQUAL(r.statistics.jitter().value_or(-1), Nanos{0});
}

TEST("telephone-events count, but take no part in the jitter") {
  Receiver r;
  r.getRun(0, 10);
  for (uint16_t i = 10; i < 20; ++i) r.get(i, i * 20 * kMillisecond, 7, 1600, false);
  r.get(20, 400 * kMillisecond, 7, 3200);
  CHECK_EQUAL(r.statistics.packets(), uint64_t{21});
  CHECK_EQUAL(r.statistics.jitter().value_or(-1), Nanos{0});
}

TEST("another SSRC is believed with its second packet in sequence; sums go on") {
  Receiver r;
  r.getRun(0, 10);
  r.get(500, 0, 8);
  CHECK_EQUAL(r.statistics.suspects(), uint64_t{1});
  CHECK_EQUAL(r.statistics.ssrc().value_or(0), 7u);
  r.get(501, 0, 8);
  CHECK_EQUAL(r.statistics.ssrc().value_or(0), 8u);
  CHECK_EQUAL(r.statistics.restarts(), uint64_t{1});
  r.get(503, 0, 8);
  CHECK_EQUAL(r.statistics.expected(), uint64_t{13});
  CHECK_EQUAL(r.statistics.lost(), uint64_t{1});
  CHECK_EQUAL(r.statistics.packets(), uint64_t{12});
  CHECK_EQUAL(r.statistics.report(0)->highestSequence, 503u);
}

TEST("a stray packet of another source or with a wild number changes nothing") {
  Receiver r;
  r.getRun(0, 10);
  r.get(40000, 0);
  r.get(10, 0);
  r.get(5, 0, 99);
  r.get(11, 0);
  CHECK_EQUAL(r.statistics.lost(), uint64_t{0});
  CHECK_EQUAL(r.statistics.expected(), uint64_t{12});
  CHECK_EQUAL(r.statistics.suspects(), uint64_t{2});
  CHECK_EQUAL(r.statistics.restarts(), uint64_t{0});
}

TEST("a jump that goes on is a new start, not thousands of lost packets") {
  Receiver r;
  r.getRun(0, 10);
  r.getRun(40000, 10);
  CHECK_EQUAL(r.statistics.lost(), uint64_t{0});
  CHECK_EQUAL(r.statistics.expected(), uint64_t{19});
  r.getRun(100, 10);
  CHECK_EQUAL(r.statistics.lost(), uint64_t{0});
}

TEST("two sources that take turns do not make the stream flap") {
  Receiver r;
  for (uint16_t i = 0; i < 100; ++i) {
    r.get(i, 0, 7);
    r.get(i, 0, 8);
  }
  CHECK_EQUAL(r.statistics.restarts(), uint64_t{0});
  CHECK_EQUAL(r.statistics.packets(), uint64_t{100});
  CHECK_EQUAL(r.statistics.suspects(), uint64_t{100});
}

TEST("a report carries the last sender report's time and how long ago it came") {
  Receiver r;
  r.getRun(0, 2);
  CHECK_EQUAL(r.statistics.report(kSecond)->lastSenderReport, 0u);
  r.statistics.senderReport(0x1111222233334444u, kSecond);
  const auto report = r.statistics.report(3 * kSecond);
  CHECK_EQUAL(report->lastSenderReport, 0x22223333u);
  CHECK_EQUAL(report->delaySinceLastSenderReport, 2u << 16);
}

TEST("a change of clock rate makes no jitter of the step between the two") {
  Receiver r;
  r.getRun(0, 10);
  r.statistics.setClockRate(48000);
  r.get(10, 200 * kMillisecond, 7, 1'000'000);
  r.get(11, 220 * kMillisecond, 7, 1'000'960);
  CHECK_EQUAL(r.statistics.jitter().value_or(-1), Nanos{0});
}

}  // namespace

int main() { return check::run(); }
