// Our SRTP and libsrtp2 understand each other.
#include "tests/srtp-packets.h"
#include "tests/srtp-reference.h"

using namespace interconnect;
using namespace interconnect::srtp_test;

namespace {

Packet protectedBy(SrtpReference& reference, Packet packet, bool rtcp) {
  const size_t size = packet.size();
  packet.resize(size + SRTP_MAX_TRAILER_LEN + 4);
  packet.resize(reference.protect(packet.data(), size, rtcp));
  return packet;
}

Packet openedBy(SrtpReference& reference, Packet packet, bool rtcp) {
  packet.resize(reference.open(packet.data(), packet.size(), rtcp));
  return packet;
}

/** Three roll-overs, reports between, both ways. */
void talk(const SrtpKey& key) {
  SrtpSender ourSender(key);
  SrtpReceiver ourReceiver(key);
  SrtpReference theirSender(key, SrtpReference::Direction::Protect);
  SrtpReference theirReceiver(key, SrtpReference::Direction::Open);
  // libsrtp2 2.5 looks for the identifier of a report before a tag of RTP's length, which with _32 is not that of reports.
  const bool findsNoIdentifier = key.mki().size > 0 && factsOf(key.suite()).tagBytes == 4;
  for (uint32_t n = 20000; n < 20000 + 200000; n += 97) {
    Packet plain = plainRtp(static_cast<uint16_t>(n));
    // Every third with an extension.
    if (n % 3 == 0) {
      plain[0] = 0x90;
      write32(plain.data() + kRtpHeaderBytes, 0xbede0002);
    }
    if (!CHECK(openedBy(theirReceiver, protectRtp(ourSender, plain), false) == plain)) return;
    if (!CHECK(opening(ourReceiver, protectedBy(theirSender, plain, false)).plain == plain)) return;
    if (n % 10 != 0) continue;
    Packet report = plainRtcp();
    report.resize(8 + 4 * (n % 30), 0x5a);
    if (!findsNoIdentifier && !CHECK(openedBy(theirReceiver, protectRtcp(ourSender, report), true) == report)) return;
    if (!CHECK(opening(ourReceiver, protectedBy(theirSender, report, true), true).plain == report)) return;
  }
}

}  // namespace

TEST("each opens what the other one protects, across roll-overs, in every suite") {
  inEverySuite([](const SrtpSuiteFacts& facts) { talk(key(facts.suite)); });
}

TEST("the same with a master key identifier") {
  inEverySuite([](const SrtpSuiteFacts& facts) {
    for (size_t size = 1; size <= SrtpMki::kMaxBytes; size++) talk(key(facts.suite, 'A', SrtpMki::of(0xa1b2c3d4, size)));
  });
}

TEST("packets of one sender are the same, byte by byte") {
  inEverySuite([](const SrtpSuiteFacts& facts) {
    SrtpSender ours(key(facts.suite));
    SrtpReference theirs(key(facts.suite), SrtpReference::Direction::Protect);
    for (uint32_t n = 65530; n < 65550; n++) {
      const Packet plain = plainRtp(static_cast<uint16_t>(n));
      CHECK(protectRtp(ours, plain) == protectedBy(theirs, plain, false));
    }
  });
}

int main() { return check::run(); }
