// Single packets: what is protected can be opened, and nothing else can. Streams of them are in srtp-streams.cc.
#include "srtp/hmac-sha1.h"
#include "srtp/key-derivation.h"
#include "tests/srtp-packets.h"

using namespace interconnect;
using namespace interconnect::srtp_test;

namespace {

constexpr SrtpMki kNoMki{};

Packet cut(const Packet& packet, size_t size) { return Packet(packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(size)); }

}  // namespace

TEST("a key is base64 of just the right length, or none") {
  const std::string letters(64, 'A');
  inEverySuite([&](const SrtpSuiteFacts& facts) {
    const size_t length = (facts.masterBytes() * 8 + 5) / 6;
    const std::string good = letters.substr(0, length);
    const std::string padded = good + std::string((4 - length % 4) % 4, '=');
    CHECK(SrtpKey::parse(facts.suite, good).has_value());
    CHECK(SrtpKey::parse(facts.suite, padded).has_value());
    CHECK(!SrtpKey::parse(facts.suite, padded + "="));
    CHECK(!SrtpKey::parse(facts.suite, good.substr(1)));
    CHECK(!SrtpKey::parse(facts.suite, good + "A"));
    CHECK(!SrtpKey::parse(facts.suite, good.substr(1) + "-"));
    CHECK(!SrtpKey::parse(facts.suite, good.substr(1) + "="));
    CHECK(!SrtpKey::parse(facts.suite, ""));
  });
}

TEST("a key can be made of bytes, as DTLS exports them") {
  inEverySuite([](const SrtpSuiteFacts& facts) {
    const std::string letters((facts.masterBytes() * 8 + 5) / 6, 'A');
    const Packet zeros(facts.masterBytes());
    const auto made = SrtpKey::of(facts.suite, {zeros.data(), zeros.size()});
    CHECK(made.has_value() && *made == *SrtpKey::parse(facts.suite, letters));
    CHECK(!SrtpKey::of(facts.suite, {zeros.data(), zeros.size() - 1}));
  });
}

TEST("suites have their SDP names") {
  CHECK(srtpSuiteOf("AES_CM_128_HMAC_SHA1_80") == SrtpSuite::AesCm128HmacSha1_80);
  CHECK(srtpSuiteOf("AES_CM_128_HMAC_SHA1_32") == SrtpSuite::AesCm128HmacSha1_32);
  CHECK(srtpSuiteOf("AES_256_CM_HMAC_SHA1_80") == SrtpSuite::AesCm256HmacSha1_80);
  CHECK(srtpSuiteOf("AES_256_CM_HMAC_SHA1_32") == SrtpSuite::AesCm256HmacSha1_32);
  CHECK(srtpSuiteOf("AEAD_AES_128_GCM") == SrtpSuite::AeadAes128Gcm);
  CHECK(srtpSuiteOf("AEAD_AES_256_GCM") == SrtpSuite::AeadAes256Gcm);
  CHECK(!srtpSuiteOf("F8_128_HMAC_SHA1_80"));
  inEverySuite([](const SrtpSuiteFacts& facts) { CHECK(&factsOf(facts.suite) == &facts); });
}

TEST("what one side protects the other opens, RTP and RTCP, in every suite") {
  inEverySuite([](const SrtpSuiteFacts& facts) {
    SrtpSender sender(key(facts.suite));
    SrtpReceiver receiver(key(facts.suite));
    for (uint16_t n = 100; n < 300; n++) {
      const Packet plain = plainRtp(n);
      const Packet packet = protectedRtp(sender, n);
      CHECK_EQUAL(packet.size(), plain.size() + facts.tagBytes);
      CHECK(std::memcmp(packet.data(), plain.data(), kRtpHeaderBytes) == 0);
      CHECK(std::memcmp(packet.data() + kRtpHeaderBytes, plain.data() + kRtpHeaderBytes, kPayloadBytes) != 0);
      if (!CHECK(opening(receiver, packet).plain == plain)) return;
    }
    const Packet report = protectedRtcp(sender);
    CHECK_EQUAL(report.size(), size_t{8 + 4} + (facts.aead ? 16 : 10));
    CHECK(opening(receiver, report, true).plain == plainRtcp());
    CHECK(open(receiver, report, true) == SrtpVerdict::Replayed);
  });
}

TEST("contributing sources and extension stay in clear and are authentic") {
  inEverySuite([](const SrtpSuiteFacts& facts) {
    SrtpSender sender(key(facts.suite));
    SrtpReceiver receiver(key(facts.suite));
    // Two sources, an extension of one word.
    Packet plain = plainRtp(7);
    plain[0] = 0x92;
    const uint8_t extension[] = {0xbe, 0xde, 0, 1};
    std::memcpy(plain.data() + 20, extension, sizeof extension);
    const Packet packet = protectRtp(sender, plain);
    CHECK(std::memcmp(packet.data(), plain.data(), 28) == 0 && std::memcmp(packet.data() + 28, plain.data() + 28, 144) != 0);
    Packet changed = packet;
    changed[13] ^= 1;
    CHECK(open(receiver, changed) == SrtpVerdict::Unauthenticated);
    CHECK(opening(receiver, packet).plain == plain);
  });
}

TEST("a packet without payload, and one that is nothing but a header, go through") {
  inEverySuite([](const SrtpSuiteFacts& facts) {
    SrtpSender sender(key(facts.suite));
    SrtpReceiver receiver(key(facts.suite));
    const Packet plain = cut(plainRtp(1), kRtpHeaderBytes);
    CHECK(opening(receiver, protectRtp(sender, plain)).plain == plain);
  });
}

TEST("another key, a changed bit anywhere and a packet in clear are not authentic") {
  inEverySuite([](const SrtpSuiteFacts& facts) {
    SrtpSender sender(key(facts.suite));
    SrtpReceiver other(key(facts.suite, 'Q'));
    SrtpReceiver receiver(key(facts.suite));
    CHECK(open(other, protectedRtp(sender, 1)) == SrtpVerdict::Unauthenticated);
    CHECK(open(other, protectedRtcp(sender), true) == SrtpVerdict::Unauthenticated);
    CHECK(open(receiver, plainRtp(1)) == SrtpVerdict::Unauthenticated);
    for (const bool rtcp : {false, true}) {
      const Packet good = rtcp ? protectedRtcp(sender) : protectedRtp(sender, 2);
      for (size_t i = 0; i < good.size() * 8; i++) {
        Packet bad = good;
        bad[i / 8] = static_cast<uint8_t>(bad[i / 8] ^ (1u << (i % 8)));
        CHECK(open(receiver, bad, rtcp) != SrtpVerdict::Good);
      }
      CHECK(open(receiver, good, rtcp) == SrtpVerdict::Good);
    }
  });
}

TEST("packets that are cut anywhere are refused") {
  inEverySuite([](const SrtpSuiteFacts& facts) {
    SrtpSender sender(key(facts.suite));
    SrtpReceiver receiver(key(facts.suite));
    const Packet rtp = protectedRtp(sender, 9);
    const Packet rtcp = protectedRtcp(sender);
    for (size_t n = 0; n < rtp.size(); n++) CHECK(open(receiver, cut(rtp, n)) != SrtpVerdict::Good);
    for (size_t n = 0; n < rtcp.size(); n++) CHECK(open(receiver, cut(rtcp, n), true) != SrtpVerdict::Good);
    CHECK(open(receiver, Packet(3000, 0x80)) == SrtpVerdict::Malformed);
    CHECK(open(receiver, Packet(3000, 0x80), true) == SrtpVerdict::Malformed);
    CHECK(open(receiver, rtp) == SrtpVerdict::Good);
    CHECK(open(receiver, rtcp, true) == SrtpVerdict::Good);
  });
}

TEST("a header that promises more than there is, is malformed, and is not protected") {
  SrtpSender sender(key(SrtpSuite::AeadAes256Gcm));
  SrtpReceiver receiver(key(SrtpSuite::AeadAes256Gcm));
  Packet sources = cut(plainRtp(1), 40);
  sources[0] = 0x8f;
  Packet extension = cut(plainRtp(1), 40);
  extension[0] = 0x90;
  write16(extension.data() + 14, 0xffff);
  Packet short_ = cut(plainRtp(1), 14);
  short_[0] = 0x90;
  for (const Packet& packet : {sources, extension, short_, Packet{}, Packet(12, 0)}) {
    CHECK(open(receiver, packet) == SrtpVerdict::Malformed);
    CHECK(protectRtp(sender, packet).empty());
  }
  CHECK(protectRtcp(sender, Packet(7, 0x80)).empty());
}

TEST("a report that says that it is not encrypted is not taken, though its tag is right") {
  // RFC 3711 §3.4: that is for UNENCRYPTED_SRTCP, which nobody agreed with us.
  const SrtpKey ours = key(SrtpSuite::AesCm128HmacSha1_80);
  const auto keys = deriveSessionKeys(ours, SrtpFlow::Rtcp);
  const HmacSha1 hmac(Span{keys.authentication.data(), keys.authentication.size()});
  Packet clear = plainRtcp();
  clear.resize(8 + 4, 0);
  uint8_t digest[HmacSha1::kDigestBytes];
  hmac.digest({clear.data(), clear.size()}, {}, digest);
  clear.insert(clear.end(), digest, digest + 10);
  SrtpReceiver receiver(ours);
  CHECK(open(receiver, clear, true) == SrtpVerdict::Unauthenticated);
}

TEST("a key with an identifier puts it into each packet, and takes no packet with another or none") {
  inEverySuite([](const SrtpSuiteFacts& facts) {
    for (const size_t size : {size_t{1}, size_t{2}, size_t{4}}) {
      const SrtpMki mki = SrtpMki::of(0x01020304, size);
      SrtpSender sender(key(facts.suite, 'A', mki));
      SrtpSender none(key(facts.suite));
      SrtpSender another(key(facts.suite, 'A', SrtpMki::of(0x01020305, size)));
      SrtpReceiver receiver(key(facts.suite, 'A', mki));
      const Packet rtp = protectedRtp(sender, 1);
      const Packet rtcp = protectedRtcp(sender);
      CHECK_EQUAL(rtp.size(), kRtpHeaderBytes + kPayloadBytes + facts.tagBytes + size);
      CHECK_EQUAL(rtcp.size(), size_t{8 + 4} + (facts.aead ? 16 : 10) + size);
      // RFC 3711 §3.1: before the tag; RFC 7714 §8.2: the tag belongs to the encrypted part.
      const size_t behind = facts.aead ? 0 : facts.tagBytes;
      CHECK_EQUAL(rtp[rtp.size() - behind - 1], 4);
      CHECK(open(receiver, protectedRtp(none, 1)) == SrtpVerdict::Unauthenticated);
      CHECK(open(receiver, protectedRtp(another, 1)) == SrtpVerdict::Unauthenticated);
      CHECK(open(receiver, protectedRtcp(none), true) != SrtpVerdict::Good);
      CHECK(open(receiver, protectedRtcp(another), true) == SrtpVerdict::Unauthenticated);
      CHECK(opening(receiver, rtp).plain == plainRtp(1));
      CHECK(opening(receiver, rtcp, true).plain == plainRtcp());
      SrtpReceiver without(key(facts.suite));
      CHECK(open(without, protectedRtp(sender, 2)) == SrtpVerdict::Unauthenticated);
    }
  });
  CHECK(SrtpMki::of(0xff, 1) == SrtpMki::of(0x1ff, 1));
  CHECK(!(SrtpMki::of(1, 1) == kNoMki));
}

int main() { return check::run(); }
