// What SRTP costs with ours and with libsrtp2: both in one process, in turns, so that their ratio means something where
// the figures do not.
//
//     bench-srtp [rounds]
//
// A line a suite: nanoseconds to protect and to open an RTP packet of 160 bytes of payload (fastest round of each), their
// ratio, and bytes of heap for both directions of a leg.
#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "rtp/bytes.h"
#include "rtp/packet.h"
#include "srtp/srtp-receiver.h"
#include "srtp/srtp-sender.h"
#include "tests/srtp-reference.h"

namespace {

using namespace interconnect;

constexpr size_t kPlainBytes = kRtpHeaderBytes + 160;
constexpr size_t kPackets = 2000;
constexpr size_t kRoomBytes = 2048;
/** Packets that a leg protects and opens in a second. */
constexpr double kPacketsPerSecond = 50;

class Ours {
 public:
  explicit Ours(const SrtpKey& key) : sender_(key), receiver_(key) {}
  size_t protect(uint8_t* packet) { return sender_.protectRtp(packet, kPlainBytes); }
  size_t open(uint8_t* packet, size_t size) { return receiver_.openRtp({packet, size}, room_, sizeof room_).plain.size; }

 private:
  SrtpSender sender_;
  SrtpReceiver receiver_;
  uint8_t room_[kRoomBytes];
};

class Theirs {
 public:
  explicit Theirs(const SrtpKey& key) : sender_(key, SrtpReference::Direction::Protect), receiver_(key, SrtpReference::Direction::Open) {}
  size_t protect(uint8_t* packet) { return sender_.protect(packet, kPlainBytes, false); }
  size_t open(uint8_t* packet, size_t size) { return receiver_.open(packet, size, false); }

 private:
  SrtpReference sender_;
  SrtpReference receiver_;
};

double nanosNow() {
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/** Of a packet, in the fastest round. */
struct Cost {
  double protectNs = 1e12;
  double openNs = 1e12;
  double heapBytes = 0;
};

template <typename Side>
class Run {
 public:
  explicit Run(const SrtpKey& key) : packets_(kPackets, std::vector<uint8_t>(kRoomBytes)), sizes_(kPackets) {
    // What a library takes once is no leg's.
    Side first(key);
    once(first);
    const size_t before = mallinfo2().uordblks;
    constexpr size_t kLegs = 50;
    std::vector<std::unique_ptr<Side>> legs;
    for (size_t i = 0; i < kLegs; i++) {
      legs.push_back(std::make_unique<Side>(key));
      // Some is taken with the first packet.
      once(*legs.back());
    }
    const size_t own = std::is_same_v<Side, Ours> ? kRoomBytes : 0;
    cost.heapBytes = static_cast<double>(mallinfo2().uordblks - before) / kLegs - static_cast<double>(own);
    side_ = std::move(legs.front());
  }

  void round() {
    for (size_t i = 0; i < kPackets; i++) {
      writeRtpHeader(packets_[i].data(), {false, 0, ++sequence_, 0, 1, {}});
    }
    const double begin = nanosNow();
    for (size_t i = 0; i < kPackets; i++) sizes_[i] = side_->protect(packets_[i].data());
    const double between = nanosNow();
    size_t opened = 0;
    for (size_t i = 0; i < kPackets; i++) opened += side_->open(packets_[i].data(), sizes_[i]);
    const double end = nanosNow();
    if (opened != kPackets * kPlainBytes) {
      std::fprintf(stderr, "a packet was not opened\n");
      std::exit(EXIT_FAILURE);
    }
    cost.protectNs = std::min(cost.protectNs, (between - begin) / kPackets);
    cost.openNs = std::min(cost.openNs, (end - between) / kPackets);
  }

  Cost cost;

 private:
  void once(Side& side) {
    writeRtpHeader(packets_[0].data(), {false, 0, sequence_, 0, 1, {}});
    side.open(packets_[0].data(), side.protect(packets_[0].data()));
  }

  std::unique_ptr<Side> side_;
  std::vector<std::vector<uint8_t>> packets_;
  std::vector<size_t> sizes_;
  uint16_t sequence_ = 1;
};

void measure(const SrtpSuiteFacts& facts, int rounds) {
  const SrtpKey key = *SrtpKey::parse(facts.suite, std::string((facts.masterBytes() * 8 + 5) / 6, 'A'));
  Run<Ours> ours(key);
  Run<Theirs> theirs(key);
  for (int i = 0; i < rounds; i++) {
    ours.round();
    theirs.round();
  }
  const double ourSum = ours.cost.protectNs + ours.cost.openNs;
  const double theirSum = theirs.cost.protectNs + theirs.cost.openNs;
  std::printf("%-24s ours %5.0f + %5.0f ns, libsrtp2 %6.0f + %6.0f ns: %4.1f %%   heap %5.1f and %5.1f KB: %4.1f %%   %.3f ms/(leg s)\n",
              facts.name, ours.cost.protectNs, ours.cost.openNs, theirs.cost.protectNs, theirs.cost.openNs, 100 * ourSum / theirSum,
              ours.cost.heapBytes / 1024, theirs.cost.heapBytes / 1024, 100 * ours.cost.heapBytes / theirs.cost.heapBytes,
              ourSum * kPacketsPerSecond / 1e6);
}

}  // namespace

int main(int count, char** values) {
  const int rounds = count > 1 ? std::atoi(values[1]) : 50;
  for (const SrtpSuiteFacts& facts : kSrtpSuites) measure(facts, rounds);
  return 0;
}
