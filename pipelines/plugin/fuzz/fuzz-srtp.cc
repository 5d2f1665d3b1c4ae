// Datagrams into a receiver of each suite: nothing that the sender did not make is taken, and what is taken is what it made.
#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "fuzz/invariant.h"
#include "rtp/packet.h"
#include "srtp/srtp-receiver.h"
#include "srtp/srtp-sender.h"

using namespace interconnect;

namespace {

constexpr size_t kSuites = sizeof kSrtpSuites / sizeof kSrtpSuites[0];

/** One leg's two ends. What the fuzzer says is protected, damaged and opened. */
class Pair {
 public:
  Pair(SrtpSuite suite, size_t mkiBytes) : sender_(key(suite, mkiBytes)), receiver_(key(suite, mkiBytes)) {}

  /** Bytes of anybody's. */
  void raw(Span bytes, bool rtcp) { INVARIANT(open(bytes, rtcp).verdict != SrtpVerdict::Good); }

  /** Well protected, then changed by one bit, then as it was, then again. */
  void own(Span bytes, bool rtcp, size_t bit) {
    std::vector<uint8_t> packet(bytes.data, bytes.data + bytes.size);
    packet.resize(bytes.size + kSrtpTrailerBytes);
    packet.resize(rtcp ? sender_.protectRtcp(packet.data(), bytes.size) : sender_.protectRtp(packet.data(), bytes.size));
    if (packet.empty()) return;
    std::vector<uint8_t> damaged = packet;
    damaged[bit / 8 % damaged.size()] ^= static_cast<uint8_t>(1u << (bit % 8));
    INVARIANT(open({damaged.data(), damaged.size()}, rtcp).verdict != SrtpVerdict::Good);
    const auto opened = open({packet.data(), packet.size()}, rtcp);
    // A report of another version is protected, and not taken.
    if (opened.verdict == SrtpVerdict::Malformed) return;
    INVARIANT(opened.verdict == SrtpVerdict::Good || opened.verdict == SrtpVerdict::Replayed);
    if (opened.verdict != SrtpVerdict::Good) return;
    INVARIANT(opened.plain.size == bytes.size && std::memcmp(opened.plain.data, bytes.data, bytes.size) == 0);
    INVARIANT(open({packet.data(), packet.size()}, rtcp).verdict == SrtpVerdict::Replayed);
  }

 private:
  static SrtpKey key(SrtpSuite suite, size_t mkiBytes) {
    return *SrtpKey::parse(suite, std::string((factsOf(suite).masterBytes() * 8 + 5) / 6, 'k'), SrtpMki::of(0x11223344, mkiBytes));
  }

  SrtpReceiver::Opened open(Span bytes, bool rtcp) {
    // Of exactly the size that may be written to.
    room_.assign(bytes.size, 0);
    room_.shrink_to_fit();
    return rtcp ? receiver_.openRtcp(bytes, room_.data(), room_.size()) : receiver_.openRtp(bytes, room_.data(), room_.size());
  }

  SrtpSender sender_;
  SrtpReceiver receiver_;
  std::vector<uint8_t> room_;
};

std::vector<std::unique_ptr<Pair>> makePairs() {
  std::vector<std::unique_ptr<Pair>> pairs;
  for (size_t i = 0; i < kSuites; i++) {
    for (const size_t mkiBytes : {size_t{0}, size_t{3}}) pairs.push_back(std::make_unique<Pair>(kSrtpSuites[i].suite, mkiBytes));
  }
  return pairs;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // A sender keeps its numbers for ever: now and then all begin anew, that it may protect low ones again.
  static std::vector<std::unique_ptr<Pair>> pairs;
  static unsigned runs = 0;
  if (runs++ % 4096 == 0) pairs = makePairs();
  if (size < 3) return 0;
  Pair& pair = *pairs[data[0] % pairs.size()];
  const bool rtcp = (data[1] & 1) != 0;
  const Span bytes{data + 3, std::min<size_t>(size - 3, 1400)};
  if ((data[1] & 2) != 0) pair.raw(bytes, rtcp);
  else pair.own(bytes, rtcp, size_t{data[2]} * 7);
  return 0;
}
