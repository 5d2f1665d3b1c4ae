#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "rtp/packet.h"
#include "srtp/srtp-receiver.h"
#include "srtp/srtp-sender.h"
#include "tests/check.h"

using namespace interconnect;

namespace {

constexpr uint32_t kSsrc = 0x1234abcd;
constexpr SrtpSuite kSuites[] = {SrtpSuite::AesCm128HmacSha1_80, SrtpSuite::AesCm128HmacSha1_32, SrtpSuite::AeadAes128Gcm};

/** Keys that differ in one letter. */
SrtpKey key(SrtpSuite suite, char letter = 'A') {
  const size_t length = suite == SrtpSuite::AeadAes128Gcm ? 38 : 40;
  const auto parsed = SrtpKey::parse(suite, std::string(length - 1, 'q') + letter);
  if (!CHECK(parsed.has_value())) std::exit(EXIT_FAILURE);
  return *parsed;
}

using Packet = std::vector<uint8_t>;

Packet plainRtp(uint16_t sequence, uint32_t ssrc = kSsrc) {
  Packet packet(kRtpHeaderBytes + 160, static_cast<uint8_t>(sequence));
  writeRtpHeader(packet.data(), {false, 0, sequence, sequence * 160u, ssrc, {}});
  return packet;
}

Packet protectedRtp(SrtpSender& sender, uint16_t sequence, uint32_t ssrc = kSsrc) {
  Packet packet = plainRtp(sequence, ssrc);
  packet.resize(packet.size() + kSrtpTrailerBytes);
  packet.resize(sender.protectRtp(packet.data(), kRtpHeaderBytes + 160));
  return packet;
}

/** An empty receiver report. */
Packet protectedRtcp(SrtpSender& sender) {
  Packet packet(8 + kSrtpTrailerBytes);
  const uint8_t report[8] = {0x80, 201, 0, 1, 0x12, 0x34, 0xab, 0xcd};
  std::memcpy(packet.data(), report, sizeof report);
  packet.resize(sender.protectRtcp(packet.data(), sizeof report));
  return packet;
}

SrtpVerdict open(SrtpReceiver& receiver, const Packet& packet, bool rtcp = false) {
  alignas(8) std::array<uint8_t, 2048> room;
  const Span datagram{packet.data(), packet.size()};
  return (rtcp ? receiver.openRtcp(datagram, room.data(), room.size()) : receiver.openRtp(datagram, room.data(), room.size())).verdict;
}

}  // namespace

TEST("a key is base64 of just the right length, or none") {
  const std::string thirty(40, 'A');
  CHECK(SrtpKey::parse(SrtpSuite::AesCm128HmacSha1_80, thirty).has_value());
  CHECK(!SrtpKey::parse(SrtpSuite::AeadAes128Gcm, thirty));
  CHECK(SrtpKey::parse(SrtpSuite::AeadAes128Gcm, thirty.substr(2)).has_value());
  CHECK(SrtpKey::parse(SrtpSuite::AeadAes128Gcm, thirty.substr(2) + "==").has_value());
  CHECK(!SrtpKey::parse(SrtpSuite::AesCm128HmacSha1_80, thirty.substr(2) + "=="));
  for (const char* bad : {"", "A", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA-",
                          "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}) {
    CHECK(!SrtpKey::parse(SrtpSuite::AesCm128HmacSha1_32, bad));
  }
}

TEST("suites have their SDP names") {
  CHECK(srtpSuiteOf("AES_CM_128_HMAC_SHA1_80") == SrtpSuite::AesCm128HmacSha1_80);
  CHECK(srtpSuiteOf("AES_CM_128_HMAC_SHA1_32") == SrtpSuite::AesCm128HmacSha1_32);
  CHECK(srtpSuiteOf("AEAD_AES_128_GCM") == SrtpSuite::AeadAes128Gcm);
  CHECK(!srtpSuiteOf("F8_128_HMAC_SHA1_80"));
}

TEST("the packet that other implementations test with is opened and made") {
  // Key and salt of RFC 3711 B.3 (e1f97a0d…, 0ec675ad…); packet 0x1234 of SSRC cafebabe, 16 bytes of 0xab.
  const auto reference = SrtpKey::parse(SrtpSuite::AesCm128HmacSha1_80, "4fl6DT4Bi+DWT6MsBt5BOQ7Gda1Jiv7rtpYLOqvm");
  if (!CHECK(reference.has_value())) return;
  Packet plain = {0x80, 0x0f, 0x12, 0x34, 0xde, 0xca, 0xfb, 0xad, 0xca, 0xfe, 0xba, 0xbe};
  plain.resize(28, 0xab);
  const Packet secret = {0x80, 0x0f, 0x12, 0x34, 0xde, 0xca, 0xfb, 0xad, 0xca, 0xfe, 0xba, 0xbe, 0x4e,
                         0x55, 0xdc, 0x4c, 0xe7, 0x99, 0x78, 0xd8, 0x8c, 0xa4, 0xd2, 0x15, 0x94, 0x9d,
                         0x24, 0x02, 0xb7, 0x8d, 0x6a, 0xcc, 0x99, 0xea, 0x17, 0x9b, 0x8d, 0xbb};
  SrtpSender sender(*reference, 0xcafebabe);
  Packet made = plain;
  made.resize(28 + kSrtpTrailerBytes);
  made.resize(sender.protectRtp(made.data(), 28));
  CHECK(made == secret);
  SrtpReceiver receiver(*reference);
  alignas(8) std::array<uint8_t, 2048> room;
  const auto opened = receiver.openRtp({secret.data(), secret.size()}, room.data(), room.size());
  CHECK(opened.verdict == SrtpVerdict::Good && Packet(opened.plain.data, opened.plain.data + opened.plain.size) == plain);
}

TEST("what one side protects the other opens, RTP and RTCP, in every suite") {
  const size_t tags[] = {10, 4, 16};
  for (size_t s = 0; s < 3; s++) {
    SrtpSender sender(key(kSuites[s]), kSsrc);
    SrtpReceiver receiver(key(kSuites[s]));
    alignas(8) std::array<uint8_t, 2048> room;
    for (uint16_t n = 100; n < 300; n++) {
      const Packet plain = plainRtp(n);
      const Packet packet = protectedRtp(sender, n);
      CHECK_EQUAL(packet.size(), plain.size() + tags[s]);
      CHECK(std::memcmp(packet.data(), plain.data(), kRtpHeaderBytes) == 0);
      CHECK(std::memcmp(packet.data() + kRtpHeaderBytes, plain.data() + kRtpHeaderBytes, 160) != 0);
      const auto opened = receiver.openRtp({packet.data(), packet.size()}, room.data(), room.size());
      if (!CHECK(opened.verdict == SrtpVerdict::Good && opened.plain.size == plain.size())) return;
      CHECK(std::memcmp(opened.plain.data, plain.data(), plain.size()) == 0);
    }
    const Packet report = protectedRtcp(sender);
    CHECK(open(receiver, report, true) == SrtpVerdict::Good);
    CHECK(open(receiver, report, true) == SrtpVerdict::Replayed);
  }
}

TEST("another key, a changed bit anywhere and a packet in clear are not authentic") {
  for (const SrtpSuite suite : kSuites) {
    SrtpSender sender(key(suite), kSsrc);
    SrtpReceiver other(key(suite, 'Q'));
    SrtpReceiver receiver(key(suite));
    CHECK(open(other, protectedRtp(sender, 1)) == SrtpVerdict::Unauthenticated);
    CHECK(open(other, protectedRtcp(sender), true) == SrtpVerdict::Unauthenticated);
    CHECK(open(receiver, plainRtp(1)) == SrtpVerdict::Unauthenticated);
    const Packet good = protectedRtp(sender, 2);
    for (size_t i = 0; i < good.size() * 8; i += 5) {
      Packet bad = good;
      bad[i / 8] = static_cast<uint8_t>(bad[i / 8] ^ (1u << (i % 8)));
      CHECK(open(receiver, bad) != SrtpVerdict::Good);
    }
    CHECK(open(receiver, good) == SrtpVerdict::Good);
  }
}

TEST("packets that are cut anywhere are refused") {
  for (const SrtpSuite suite : kSuites) {
    SrtpSender sender(key(suite), kSsrc);
    SrtpReceiver receiver(key(suite));
    const Packet rtp = protectedRtp(sender, 9);
    const Packet rtcp = protectedRtcp(sender);
    for (size_t n = 0; n < rtp.size(); n++) CHECK(open(receiver, Packet(rtp.begin(), rtp.begin() + static_cast<std::ptrdiff_t>(n))) != SrtpVerdict::Good);
    for (size_t n = 0; n < rtcp.size(); n++) CHECK(open(receiver, Packet(rtcp.begin(), rtcp.begin() + static_cast<std::ptrdiff_t>(n)), true) != SrtpVerdict::Good);
    CHECK(open(receiver, Packet(3000, 0x80)) == SrtpVerdict::Malformed);
    CHECK(open(receiver, rtp) == SrtpVerdict::Good);
  }
}

TEST("a packet that came before, or is far too late, is a replay; one that is a little late is not") {
  SrtpSender sender(key(kSuites[0]), kSsrc);
  SrtpReceiver receiver(key(kSuites[0]));
  std::vector<Packet> packets;
  for (uint16_t n = 0; n < 400; n++) packets.push_back(protectedRtp(sender, n));
  for (size_t n = 0; n < packets.size(); n++) {
    if (n != 150 && n != 390) CHECK(open(receiver, packets[n]) == SrtpVerdict::Good);
  }
  CHECK(open(receiver, packets[390]) == SrtpVerdict::Good);
  CHECK(open(receiver, packets[390]) == SrtpVerdict::Replayed);
  CHECK(open(receiver, packets[150]) == SrtpVerdict::Replayed);
}

TEST("a number is never protected twice: the key stream would be used twice") {
  SrtpSender sender(key(kSuites[0]), kSsrc);
  CHECK(!protectedRtp(sender, 5).empty());
  CHECK(protectedRtp(sender, 5).empty());
}

TEST("the roll-over counter goes on past 65535, and a change of keys does not set it back") {
  for (const SrtpSuite suite : {SrtpSuite::AesCm128HmacSha1_80, SrtpSuite::AeadAes128Gcm}) {
    SrtpSender sender(key(suite), kSsrc);
    SrtpReceiver receiver(key(suite));
    for (uint32_t n = 30000; n < 30000 + 70000; n += 50) {
      CHECK(open(receiver, protectedRtp(sender, static_cast<uint16_t>(n))) == SrtpVerdict::Good);
    }
    sender.setKey(key(suite, 'Q'));
    receiver.setKey(key(suite, 'Q'));
    for (uint16_t n = 34500; n < 34600; n++) CHECK(open(receiver, protectedRtp(sender, n)) == SrtpVerdict::Good);
    SrtpReceiver latecomer(key(suite, 'Q'));
    CHECK(open(latecomer, protectedRtp(sender, 34601)) == SrtpVerdict::Unauthenticated);
  }
}

TEST("a peer that begins at zero again with its new key is understood too") {
  SrtpSender before(key(kSuites[0]), kSsrc);
  SrtpReceiver receiver(key(kSuites[0]));
  for (uint32_t n = 60000; n < 70000; n += 50) CHECK(open(receiver, protectedRtp(before, static_cast<uint16_t>(n))) == SrtpVerdict::Good);
  receiver.setKey(key(kSuites[0], 'Q'));
  SrtpSender after(key(kSuites[0], 'Q'), kSsrc);
  CHECK(open(receiver, protectedRtp(before, 4451)) == SrtpVerdict::Unauthenticated);
  for (uint16_t n = 4452; n < 4500; n++) CHECK(open(receiver, protectedRtp(after, n)) == SrtpVerdict::Good);
}

TEST("the same key again keeps counters and replay window") {
  SrtpSender sender(key(kSuites[0]), kSsrc);
  SrtpReceiver receiver(key(kSuites[0]));
  const Packet packet = protectedRtp(sender, 7);
  CHECK(open(receiver, packet) == SrtpVerdict::Good);
  receiver.setKey(key(kSuites[0]));
  sender.setKey(key(kSuites[0]));
  CHECK(open(receiver, packet) == SrtpVerdict::Replayed);
  CHECK(protectedRtp(sender, 7).empty());
}

TEST("keys change between suites") {
  SrtpSender sender(key(kSuites[0]), kSsrc);
  SrtpReceiver receiver(key(kSuites[0]));
  uint16_t n = 1;
  for (const SrtpSuite suite : {kSuites[2], kSuites[1], kSuites[0], kSuites[2]}) {
    CHECK(open(receiver, protectedRtp(sender, n++)) == SrtpVerdict::Good);
    sender.setKey(key(suite, 'g'));
    receiver.setKey(key(suite, 'g'));
    CHECK(open(receiver, protectedRtp(sender, n++)) == SrtpVerdict::Good);
    CHECK(open(receiver, protectedRtcp(sender), true) == SrtpVerdict::Good);
  }
}

TEST("a thousand sources are heard one after the other, and the last of them has a replay window") {
  SrtpReceiver receiver(key(kSuites[0]));
  Packet last;
  for (uint32_t ssrc = 1; ssrc <= 1000; ssrc++) {
    SrtpSender sender(key(kSuites[0]), ssrc);
    last = protectedRtp(sender, 1, ssrc);
    CHECK(open(receiver, last) == SrtpVerdict::Good);
    CHECK(open(receiver, protectedRtp(sender, 2, ssrc)) == SrtpVerdict::Good);
  }
  CHECK(open(receiver, last) == SrtpVerdict::Replayed);
}

int main() { return check::run(); }
