#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include "rtp/jitter-buffer.h"
#include "tests/check.h"
#include "tests/stream.h"

namespace {

size_t allocations = 0;

}  // namespace

void* operator new(size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size);
}
void* operator new(size_t size) {
  void* memory = operator new(size, std::nothrow);
  if (memory == nullptr) std::abort();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }

using namespace interconnect;

namespace {

constexpr Nanos kTick = 20 * kMillisecond;

/** A buffer, ticked by hand. Packets are named by their first payload byte and come 10 ms before the next tick. */
struct Rig {
  JitterBuffer buffer{8000};
  Nanos now = kSecond;
  uint32_t ssrc = 7;

  void put(int name, int sequence, int64_t timestamp, bool marker = false, size_t size = 160) {
    std::vector<uint8_t> payload(std::max<size_t>(size, 1), static_cast<uint8_t>(name));
    RtpPacket packet;
    packet.sequence = static_cast<uint16_t>(sequence);
    packet.timestamp = static_cast<uint32_t>(timestamp);
    packet.ssrc = ssrc;
    packet.marker = marker;
    packet.payload = {payload.data(), size};
    buffer.put(packet, now + 10 * kMillisecond);
  }

  /** The next tick: a letter for a packet played, '-' for missing, '.' for nothing. */
  std::string tick() {
    now += kTick;
    std::string heard;
    Nanos pcm = 0;
    while (pcm < kTick) {
      const Taken taken = buffer.take(now, pcm);
      pcm += taken.duration - taken.trim;
      if (taken.what == Take::Packet) {
        heard += taken.packet.payload.size == 0 ? '0' : static_cast<char>(taken.packet.payload.data[0]);
      } else {
        heard += taken.what == Take::Missing ? '-' : '.';
      }
    }
    return heard;
  }

  std::string ticks(int count) {
    std::string heard;
    while (count-- > 0) heard += tick();
    return heard;
  }

  /** Packets "abc…" of 20 ms, one a tick, numbered and stamped from `first` on. */
  std::string talk(const std::string& names, int sequence, int64_t timestamp) {
    std::string heard;
    for (const char name : names) {
      if (name != ' ') put(name, sequence, timestamp);
      ++sequence;
      timestamp += 160;
      heard += tick();
    }
    return heard;
  }
};

TEST("before the first packet there is nothing, then every packet is played at the tick after it came") {
  Rig rig;
  CHECK_EQUAL(rig.ticks(2), std::string(".."));
  CHECK_EQUAL(rig.talk("abcdef", 10, 1600), std::string("abcdef"));
  CHECK_EQUAL(rig.buffer.counts().played, uint64_t{6});
}

TEST("a packet says when it came, and its payload is the one that was put in") {
  Rig rig;
  rig.put('a', 1, 0, true, 33);
  const Nanos arrival = rig.now + 10 * kMillisecond;
  const Taken taken = rig.buffer.take(rig.now + kTick);
  CHECK(taken.what == Take::Packet);
  CHECK_EQUAL(taken.arrival, arrival);
  CHECK_EQUAL(taken.packet.payload.size, size_t{33});
  CHECK_EQUAL(taken.packet.payload.data[32], 'a');
  CHECK_EQUAL(taken.packet.sequence, 1);
  CHECK(taken.packet.marker);
}

TEST("a packet that comes just before the tick is held for one more") {
  Rig rig;
  RtpPacket packet;
  packet.ssrc = 7;
  rig.buffer.put(packet, rig.now - kMillisecond);
  CHECK(rig.buffer.take(rig.now).what == Take::Empty);
  CHECK(rig.buffer.take(rig.now + kTick).what == Take::Packet);
}

TEST("a lost packet is missing for its time, no longer") {
  Rig rig;
  CHECK_EQUAL(rig.talk("abc ef  ijk", 10, 1600), std::string("abc-ef--ijk"));
  CHECK_EQUAL(rig.buffer.counts().grown, uint64_t{0});
}

TEST("what is missing comes with the packet right after it, where that is there already and something got lost") {
  // The name of the packet at hand; '-' for none.
  const auto missing = [](int sequence, bool marker) {
    Rig rig;
    rig.talk("ab", 1, 160);
    rig.put('d', sequence, 640, marker);
    rig.now += kTick;
    const Taken taken = rig.buffer.take(rig.now);
    CHECK(taken.what == Take::Missing);
    return taken.packet.payload.size > 0 ? static_cast<char>(taken.packet.payload.data[0]) : '-';
  };
  CHECK_EQUAL(missing(4, false), 'd');
  // A pause, and a talkspurt after a loss: what comes next says nothing of the time before it.
  CHECK_EQUAL(missing(3, true), '-');
  CHECK_EQUAL(missing(4, true), '-');
}

TEST("reordered packets are played in order, duplicates once") {
  Rig rig;
  CHECK_EQUAL(rig.talk("ab ", 1, 160), std::string("ab-"));
  rig.put('d', 4, 640);
  rig.put('c', 3, 480);
  rig.put('d', 4, 640);
  rig.put('b', 2, 320);
  CHECK_EQUAL(rig.talk(" ef", 4, 640), std::string("cde"));
  CHECK_EQUAL(rig.buffer.counts().duplicates, uint64_t{2});
  CHECK_EQUAL(rig.buffer.counts().late, uint64_t{0});
}

TEST("a packet that comes after its time is late; one alone moves nothing once the stream is known") {
  Rig rig;
  std::string names(300, 'x');
  rig.talk(names, 0, 0);
  CHECK_EQUAL(rig.talk("ab d", 300, 48000), std::string("ab-d"));
  rig.put('c', 302, 48320);
  CHECK_EQUAL(rig.talk("ef", 304, 48640), std::string("ef"));
  CHECK_EQUAL(rig.buffer.counts().late, uint64_t{1});
  CHECK_EQUAL(rig.buffer.counts().grown, uint64_t{0});
}

TEST("numbers and time stamps wrap without a gap") {
  Rig rig;
  CHECK_EQUAL(rig.talk("abcdefgh", 65532, int64_t{0x100000000} - 4 * 160), std::string("abcdefgh"));
  Rig lossy;
  CHECK_EQUAL(lossy.talk("abc efgh", 65533, int64_t{0x100000000} - 2 * 160), std::string("abc-efgh"));
}

TEST("a jump of the numbers is followed with the second packet, a stray one is ignored") {
  Rig rig;
  rig.talk("abc", 10, 1600);
  rig.put('X', 40000, 99);
  CHECK_EQUAL(rig.talk("def", 13, 2080), std::string("def"));
  CHECK_EQUAL(rig.talk("ghijk", 30000, 777777), std::string("-hijk"));
  CHECK_EQUAL(rig.buffer.counts().refused, uint64_t{2});
  CHECK_EQUAL(rig.buffer.counts().restarts, uint64_t{2});
}

TEST("another SSRC is followed with its second packet and starts afresh") {
  Rig rig;
  rig.talk("abc", 10, 1600);
  rig.ssrc = 8;
  CHECK_EQUAL(rig.talk("defg", 50, 4000000), std::string("-efg"));
}

TEST("a jump of the time stamps alone is played through") {
  Rig rig;
  rig.talk("abc", 10, 1600);
  CHECK_EQUAL(rig.talk("def", 13, 3'000'000'000), std::string("def"));
  CHECK_EQUAL(rig.talk("ghi", 16, 1600), std::string("ghi"));
}

TEST("a pause is concealed for 200 ms, then silence; the next talkspurt is played at once") {
  for (const bool stampsGoOn : {true, false}) {
    Rig rig;
    rig.talk("abc", 10, 1600);
    const std::string pause = rig.ticks(50);
    CHECK_EQUAL(pause, std::string(10, '-') + std::string(40, '.'));
    const int64_t timestamp = stampsGoOn ? 1600 + 53 * 160 : 1600 + 3 * 160;
    rig.put('d', 13, timestamp, true);
    CHECK_EQUAL(rig.tick(), std::string("d"));
    CHECK_EQUAL(rig.talk("ef", 14, timestamp + 160), std::string("ef"));
  }
}

TEST("a short pause with a marker keeps its length") {
  Rig rig;
  CHECK_EQUAL(rig.talk("abc", 10, 1600), std::string("abc"));
  CHECK_EQUAL(rig.ticks(4), std::string("----"));
  rig.put('d', 13, 1600 + 7 * 160, true);
  CHECK_EQUAL(rig.tick(), std::string("d"));
}

TEST("fifty packets at once after a freeze: the oldest are dropped, the newest played, the delay stays") {
  Rig rig;
  rig.talk("abc", 10, 1600);
  rig.ticks(50);
  for (int i = 3; i < 53; ++i) rig.put(i == 52 ? 'z' : 'y', 10 + i, 1600 + i * 160);
  CHECK(rig.buffer.held() <= PacketStore::kSlots);
  CHECK_EQUAL(rig.tick(), std::string("z"));
  CHECK_EQUAL(rig.talk("abc", 63, 1600 + 53 * 160), std::string("abc"));
  CHECK(rig.buffer.counts().dropped >= 48);
}

TEST("fifty packets at once in a running stream are cut down to what is of use") {
  Rig rig;
  rig.talk("abc", 10, 1600);
  for (int i = 3; i < 53; ++i) rig.put('y', 10 + i, 1600 + i * 160);
  rig.tick();
  CHECK(rig.buffer.held() <= 3);
  CHECK(rig.buffer.counts().dropped >= 45);
}

TEST("a buffer that nobody takes from stays bounded and keeps the newest") {
  Rig rig;
  for (int i = 0; i < 1000; ++i) rig.put('x', i, i * 160);
  CHECK(rig.buffer.held() <= PacketStore::kSlots);
  CHECK_EQUAL(rig.buffer.counts().dropped, 1000 - PacketStore::kSlots);
  CHECK(rig.buffer.bytes() <= 16 * 1024);
}

TEST("a G.711 leg on a clean network holds less than 8 KB, at worst 16") {
  stream::Stream clean{stream::Network{}};
  clean.run(10 * kSecond);
  std::printf("     memory: %zu bytes clean\n", clean.buffer.bytes());
  CHECK(clean.buffer.bytes() <= 8 * 1024);
}

TEST("payloads up to 1500 bytes are held, longer ones refused, empty ones played") {
  Rig rig;
  rig.put('a', 1, 0, false, 0);
  CHECK_EQUAL(rig.tick(), std::string("0"));
  rig.put('b', 2, 160, false, 1500);
  CHECK_EQUAL(rig.tick(), std::string("b"));
  rig.put('c', 3, 320, false, 1501);
  rig.put('d', 3, 320, false, 160);
  CHECK_EQUAL(rig.tick(), std::string("d"));
  CHECK_EQUAL(rig.buffer.counts().refused, uint64_t{1});
}

TEST("nothing is allocated for a packet once the stream has run in, jitter and loss included") {
  stream::Network network;
  network.delay = [](size_t, std::mt19937& random) {
    return random() % 20 == 0 ? std::optional<Nanos>() : std::optional<Nanos>(static_cast<Nanos>(random() % 80) * kMillisecond);
  };
  stream::Stream s(network);
  s.run(10 * kSecond);
  // The rig allocates too: only what put() and take() do is counted.
  RtpPacket packet;
  packet.ssrc = 7;
  packet.payload = {s.payload.data(), s.payload.size()};
  const size_t before = allocations;
  for (uint16_t i = 0; i < 5000; ++i) {
    packet.sequence = static_cast<uint16_t>(s.firstSequence + s.sent + i);
    packet.timestamp = s.firstTimestamp + static_cast<uint32_t>(s.sent + i) * 160;
    s.now += kTick;
    if (i % 50 != 0) s.buffer.put(packet, s.now - kTick / 2);
    s.buffer.take(s.now);
  }
  CHECK_EQUAL(allocations, before);
}

TEST("after a reset the next packet begins a stream, and the counts go on") {
  Rig rig;
  rig.talk("abc", 10, 1600);
  rig.put('x', 13, 2080);
  rig.buffer.reset();
  CHECK_EQUAL(rig.tick(), std::string("."));
  CHECK_EQUAL(rig.talk("de", 5, 99), std::string("de"));
  CHECK_EQUAL(rig.buffer.counts().played, uint64_t{5});
  CHECK_EQUAL(rig.buffer.counts().dropped, uint64_t{1});
}

TEST("target and delay are told while a stream runs, and only then") {
  Rig rig;
  CHECK(!rig.buffer.target());
  CHECK(!rig.buffer.delay());
  rig.talk(std::string(100, 'x'), 0, 0);
  CHECK_EQUAL(rig.buffer.delay().value_or(0), 10 * kMillisecond);
  CHECK_EQUAL(rig.buffer.target().value_or(0), 10 * kMillisecond);
  rig.ticks(20);
  CHECK(!rig.buffer.delay());
}

TEST("a packet that carries more than the one before is played whole, without a gap after it") {
  Rig rig;
  rig.put('a', 1, 0);
  CHECK_EQUAL(rig.tick(), std::string("a"));
  rig.put('b', 2, 160, false, 320);
  CHECK_EQUAL(rig.tick(), std::string("b"));
  rig.now += kTick;  // Its second half fills this tick.
  rig.put('c', 3, 480, false, 320);
  CHECK_EQUAL(rig.tick(), std::string("c"));
}

}  // namespace

int main() { return check::run(); }
