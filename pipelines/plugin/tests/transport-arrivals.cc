// What the sender of a transport is told of its packets: read back by a reader of its own.
#include "video/transport-arrivals.h"

#include <array>
#include <map>

#include "rtp/bytes.h"
#include "tests/check.h"

using namespace interconnect;

namespace {

constexpr size_t kRoom = 1200;

/** By transport sequence number: when it came; -1: it did not. */
using Told = std::map<uint16_t, Nanos>;

/** Reads §3.1 as its figures have it; adds to `told`. @returns the count of feedback packets, or -1 when it is malformed */
int read(const uint8_t* p, size_t size, Told& told) {
  if (size < 20 || p[0] != 0x8f || p[1] != 205 || size != 4 * (size_t{read16(p + 2)} + 1)) return -1;
  const uint16_t base = read16(p + 12);
  const size_t count = read16(p + 14);
  size_t at = 20;
  std::vector<int> symbols;
  while (symbols.size() < count) {
    if (at + 2 > size) return -1;
    const unsigned chunk = read16(p + at);
    at += 2;
    if ((chunk & 0x8000) == 0) symbols.insert(symbols.end(), chunk & 0x1fff, static_cast<int>(chunk >> 13));
    else if ((chunk & 0x4000) == 0) return -1;
    else for (int k = 6; k >= 0; k--) symbols.push_back(static_cast<int>(chunk >> (2 * k) & 3));
  }
  symbols.resize(count);
  int64_t time = int64_t{read32(p + 16) >> 8} * 256;
  for (size_t i = 0; i < count; i++) {
    Nanos& arrival = told[static_cast<uint16_t>(base + i)];
    arrival = -1;
    if (symbols[i] == 0) continue;
    const size_t bytes = symbols[i] == 1 ? 1 : 2;
    if (symbols[i] > 2 || at + bytes > size) return -1;
    time += bytes == 1 ? p[at] : static_cast<int16_t>(read16(p + at));
    at += bytes;
    arrival = time * 250'000;
  }
  if (size - at > 3) return -1;
  return p[19];
}

class Sender {
 public:
  /** @returns bytes of the packet; 0 when nothing was due */
  size_t ask(Nanos now, size_t capacity = kRoom) {
    out.fill(0xaa);
    const size_t bytes = arrivals.write(out.data(), capacity, 1, 2, now);
    CHECK(bytes <= capacity && out[capacity] == 0xaa);
    if (bytes > 0) CHECK_EQUAL(read(out.data(), bytes, told), packets++);
    return bytes;
  }

  TransportArrivals arrivals;
  std::array<uint8_t, kRoom + 1> out;
  Told told;
  int packets = 0;
};

}  // namespace

TEST("each packet is told once, when it came to a quarter of a millisecond, across the wrap and out of order") {
  Sender sender;
  std::map<uint16_t, Nanos> came;
  uint16_t sequence = 65500;
  for (int i = 0; i < 200; i++, sequence++) {
    const Nanos at = 5 * kSecond + i * 3'333'333 + (i % 7 == 3 ? 9 * kMillisecond : 0);
    const auto overtaken = static_cast<uint16_t>(i % 10 == 4 ? sequence + 1 : i % 10 == 5 ? sequence - 1 : sequence);
    sender.arrivals.came(overtaken, at);
    sender.arrivals.came(overtaken, at + kSecond);
    came[overtaken] = at;
    if (i % 10 == 9) sender.ask(at);
  }
  sender.ask(20 * kSecond);
  CHECK_EQUAL(sender.told.size(), came.size());
  for (const auto& [number, at] : came) CHECK(sender.told.count(number) == 1 && at - sender.told[number] >= 0 && at - sender.told[number] < 250'000);
}

TEST("what is missing is told to be, and stays so when it comes later") {
  Sender sender;
  for (const uint16_t n : std::array<uint16_t, 6>{10, 11, 15, 16, 40, 41}) sender.arrivals.came(n, kSecond + n * kMillisecond);
  CHECK(sender.ask(2 * kSecond) > 0);
  sender.arrivals.came(12, 2 * kSecond);
  sender.arrivals.came(42, 2 * kSecond);
  CHECK(sender.ask(3 * kSecond) > 0);
  CHECK_EQUAL(sender.told.size(), size_t{33});
  size_t missing = 0;
  for (const auto& [number, at] : sender.told) missing += at < 0;
  CHECK_EQUAL(missing, size_t{26});
  CHECK(sender.told[12] == -1 && sender.told[42] > 0);
}

TEST("it is told every 60 ms, and nothing when nothing came") {
  Sender sender;
  CHECK_EQUAL(sender.ask(kSecond), size_t{0});
  size_t packets = 0;
  for (int ms = 0; ms < 1000; ms++) {
    sender.arrivals.came(static_cast<uint16_t>(ms), kSecond + ms * kMillisecond);
    packets += sender.ask(kSecond + ms * kMillisecond) > 0;
  }
  CHECK_EQUAL(packets, size_t{17});
  sender.ask(3 * kSecond);
  CHECK_EQUAL(sender.ask(4 * kSecond), size_t{0});
  CHECK_EQUAL(sender.told.size(), size_t{1000});
}

TEST("a burst goes into several packets, a pause of minutes begins another, and a count that jumps begins anew") {
  Sender sender;
  for (uint16_t n = 0; n < 900; n++) sender.arrivals.came(n, kSecond + (n % 2) * 100 * kMillisecond);
  for (int i = 1; i <= 2; i++) CHECK(sender.ask(6 * i * kSecond) > 0);
  CHECK_EQUAL(sender.told.size(), size_t{900});
  sender.arrivals.came(900, 100 * kSecond);
  sender.arrivals.came(901, 200 * kSecond);
  for (int i = 0; i < 2; i++) CHECK(sender.ask((300 + i) * kSecond) > 0);
  CHECK(sender.told[900] == 100 * kSecond && sender.told[901] == 200 * kSecond);
  sender.arrivals.came(20'000, 300 * kSecond);
  sender.ask(400 * kSecond);
  CHECK_EQUAL(sender.told.size(), size_t{903});
}

TEST("a flood between two packets is bounded, and goes on afterwards") {
  Sender sender;
  for (int n = 0; n < 100'000; n++) sender.arrivals.came(static_cast<uint16_t>(n), kSecond);
  size_t bytes = 0;
  for (int i = 0; i < 10; i++) bytes += sender.ask((2 + i) * kSecond);
  CHECK(bytes > 0 && bytes < 4000);
  CHECK_EQUAL(sender.ask(20 * kSecond, 24), size_t{0});
}

int main() { return check::run(); }
