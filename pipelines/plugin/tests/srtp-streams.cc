// What SRTP keeps of its streams: roll-over counters, replay windows, sources, and all of them across changes of keys.
#include "srtp/srtp-index.h"
#include "tests/srtp-packets.h"

using namespace interconnect;
using namespace interconnect::srtp_test;

TEST("the index is the nearest one with that sequence number") {
  struct Case {
    uint64_t highest;
    uint16_t sequence;
    uint64_t index;
  };
  const Case cases[] = {
      {0x1ffff, 0, 0x20000},      {0x1ffff, 0x7ffe, 0x27ffe}, {0x1ffff, 0x7fff, 0x17fff}, {0x20000, 0xffff, 0x1ffff},
      {0x20000, 0x8001, 0x18001}, {0x20000, 0x8000, 0x28000}, {0x10010, 0x0008, 0x10008}, {0x10010, 0x0018, 0x10018},
      // Before the first roll-over there is nothing.
      {0x00005, 0xffff, 0x0ffff}, {0x0ffff, 0, 0x10000},
  };
  for (const Case& each : cases) {
    ReplayWindow seen;
    seen.take(each.highest);
    CHECK_EQUAL(estimateIndex(seen, each.sequence), each.index);
  }
  CHECK_EQUAL(estimateIndex(ReplayWindow{}, 0xffff), uint64_t{0xffff});
}

TEST("the window of 128 numbers knows each of them, and nothing older") {
  ReplayWindow window;
  CHECK(window.isNew(0));
  window.take(1000);
  for (uint64_t n = 873; n < 1000; n += 2) window.take(n);
  for (uint64_t n = 873; n < 1000; n++) CHECK_EQUAL(window.isNew(n), n % 2 == 0);
  CHECK(!window.isNew(1000) && !window.isNew(872) && !window.isNew(0) && window.isNew(1001));
  window.take(1127);
  CHECK(!window.isNew(1000) && window.isNew(1001) && !window.isNew(999));
  window.take(5000);
  CHECK(window.isNew(4999) && window.isNew(4873) && !window.isNew(4872));
}

TEST("a packet that came before, or is far too late, is a replay; one that is a little late is not") {
  inEverySuite([](const SrtpSuiteFacts& facts) {
    for (const bool rtcp : {false, true}) {
      SrtpSender sender(key(facts.suite));
      SrtpReceiver receiver(key(facts.suite));
      std::vector<Packet> packets;
      for (uint16_t n = 0; n < 400; n++) packets.push_back(rtcp ? protectedRtcp(sender) : protectedRtp(sender, n));
      for (size_t n = 0; n < packets.size(); n++) {
        if (n != 271 && n != 272 && n != 390) CHECK(open(receiver, packets[n], rtcp) == SrtpVerdict::Good);
      }
      CHECK(open(receiver, packets[390], rtcp) == SrtpVerdict::Good);
      CHECK(open(receiver, packets[390], rtcp) == SrtpVerdict::Replayed);
      CHECK(open(receiver, packets[272], rtcp) == SrtpVerdict::Good);
      CHECK(open(receiver, packets[271], rtcp) == SrtpVerdict::Replayed);
    }
  });
}

TEST("a number is never protected twice: the key stream would be used twice") {
  inEverySuite([](const SrtpSuiteFacts& facts) {
    SrtpSender sender(key(facts.suite));
    CHECK(!protectedRtp(sender, 5).empty());
    CHECK(protectedRtp(sender, 5).empty());
    CHECK(!protectedRtp(sender, 500).empty());
    CHECK(protectedRtp(sender, 5).empty());
    CHECK(!protectedRtp(sender, 499).empty());
  });
}

TEST("a forged packet far ahead moves nothing") {
  inEverySuite([](const SrtpSuiteFacts& facts) {
    SrtpSender sender(key(facts.suite));
    SrtpReceiver receiver(key(facts.suite));
    CHECK(open(receiver, protectedRtp(sender, 0)) == SrtpVerdict::Good);
    for (uint32_t n = 1000; n < 0x10000; n += 1000) {
      Packet forged = plainRtp(static_cast<uint16_t>(n));
      forged.resize(forged.size() + 16);
      CHECK(open(receiver, forged) == SrtpVerdict::Unauthenticated);
    }
    CHECK(open(receiver, protectedRtp(sender, 1)) == SrtpVerdict::Good);
  });
}

TEST("the roll-over counter goes on past 65535, and a change of keys does not set it back") {
  inEverySuite([](const SrtpSuiteFacts& facts) {
    SrtpSender sender(key(facts.suite));
    SrtpReceiver receiver(key(facts.suite));
    for (uint32_t n = 30000; n < 30000 + 200000; n += 50) {
      CHECK(open(receiver, protectedRtp(sender, static_cast<uint16_t>(n))) == SrtpVerdict::Good);
    }
    const auto last = static_cast<uint16_t>(30000 + 200000);
    sender.setKey(key(facts.suite, 'Q'));
    receiver.setKey(key(facts.suite, 'Q'));
    for (uint16_t n = last; n < last + 100; n++) CHECK(open(receiver, protectedRtp(sender, n)) == SrtpVerdict::Good);
    SrtpReceiver latecomer(key(facts.suite, 'Q'));
    CHECK(open(latecomer, protectedRtp(sender, last + 101)) == SrtpVerdict::Unauthenticated);
  });
}

TEST("packets that change places around a roll-over are all opened") {
  inEverySuite([](const SrtpSuiteFacts& facts) {
    SrtpSender sender(key(facts.suite));
    SrtpReceiver receiver(key(facts.suite));
    std::vector<Packet> packets;
    for (uint32_t n = 65500; n < 65600; n++) packets.push_back(protectedRtp(sender, static_cast<uint16_t>(n)));
    for (size_t n = 0; n < packets.size(); n += 10) {
      for (size_t k = n + 10; k > n; k--) CHECK(open(receiver, packets[k - 1]) == SrtpVerdict::Good);
    }
  });
}

TEST("a peer that begins at zero again with its new key is understood too, in RTP and RTCP") {
  inEverySuite([](const SrtpSuiteFacts& facts) {
    SrtpSender before(key(facts.suite));
    SrtpReceiver receiver(key(facts.suite));
    for (uint32_t n = 60000; n < 70000; n += 50) CHECK(open(receiver, protectedRtp(before, static_cast<uint16_t>(n))) == SrtpVerdict::Good);
    for (int n = 0; n < 300; n++) CHECK(open(receiver, protectedRtcp(before), true) == SrtpVerdict::Good);
    receiver.setKey(key(facts.suite, 'Q'));
    SrtpSender after(key(facts.suite, 'Q'));
    CHECK(open(receiver, protectedRtp(before, 4451)) == SrtpVerdict::Unauthenticated);
    CHECK(open(receiver, protectedRtcp(before), true) == SrtpVerdict::Unauthenticated);
    const Packet first = protectedRtp(after, 4452);
    CHECK(open(receiver, first) == SrtpVerdict::Good);
    CHECK(open(receiver, first) == SrtpVerdict::Replayed);
    for (uint16_t n = 4453; n < 4500; n++) CHECK(open(receiver, protectedRtp(after, n)) == SrtpVerdict::Good);
    const Packet report = protectedRtcp(after);
    CHECK(open(receiver, report, true) == SrtpVerdict::Good);
    CHECK(open(receiver, report, true) == SrtpVerdict::Replayed);
  });
}

TEST("once a peer has gone on under its new key, it cannot be set back to zero") {
  const SrtpSuite suite = SrtpSuite::AesCm128HmacSha1_80;
  SrtpSender sender(key(suite));
  SrtpReceiver receiver(key(suite));
  for (uint32_t n = 30000; n < 100000; n += 50) open(receiver, protectedRtp(sender, static_cast<uint16_t>(n)));
  for (const char letter : {'Q', 'g'}) {
    sender.setKey(key(suite, letter));
    receiver.setKey(key(suite, letter));
    CHECK(open(receiver, protectedRtp(sender, letter == 'Q' ? 35000 : 35001)) == SrtpVerdict::Good);
  }
  SrtpSender again(key(suite, 'g'));
  CHECK(open(receiver, protectedRtp(again, 35002)) == SrtpVerdict::Unauthenticated);
}

TEST("reports go on counting under a new key") {
  // RFC 3711 §3.4: the SRTCP index is not set back.
  inEverySuite([](const SrtpSuiteFacts& facts) {
    SrtpSender sender(key(facts.suite));
    protectedRtcp(sender);
    protectedRtcp(sender);
    sender.setKey(key(facts.suite, 'Q'));
    const Packet third = protectedRtcp(sender);
    const size_t behind = 4 + (facts.aead ? 0 : 10);
    CHECK_EQUAL(read32(third.data() + third.size() - behind), 0x80000002);
  });
}

TEST("the same key again keeps counters and replay window") {
  inEverySuite([](const SrtpSuiteFacts& facts) {
    SrtpSender sender(key(facts.suite));
    SrtpReceiver receiver(key(facts.suite));
    const Packet packet = protectedRtp(sender, 7);
    CHECK(open(receiver, packet) == SrtpVerdict::Good);
    receiver.setKey(key(facts.suite));
    sender.setKey(key(facts.suite));
    CHECK(open(receiver, packet) == SrtpVerdict::Replayed);
    CHECK(protectedRtp(sender, 7).empty());
  });
}

TEST("keys change between all suites, with and without an identifier") {
  SrtpSender sender(key(SrtpSuite::AeadAes256Gcm, 'Q'));
  SrtpReceiver receiver(key(SrtpSuite::AeadAes256Gcm, 'Q'));
  uint16_t n = 1;
  for (int round = 0; round < 2; round++) {
    inEverySuite([&](const SrtpSuiteFacts& facts) {
      CHECK(open(receiver, protectedRtp(sender, n++)) == SrtpVerdict::Good);
      const SrtpKey next = key(facts.suite, 'g', SrtpMki::of(n, static_cast<size_t>(round)));
      sender.setKey(next);
      receiver.setKey(next);
      CHECK(open(receiver, protectedRtp(sender, n++)) == SrtpVerdict::Good);
      CHECK(open(receiver, protectedRtcp(sender), true) == SrtpVerdict::Good);
    });
  }
}

TEST("a thousand sources are heard one after the other, the last has a replay window, the one in use keeps its counter") {
  inEverySuite([](const SrtpSuiteFacts& facts) {
    SrtpReceiver receiver(key(facts.suite));
    SrtpSender main(key(facts.suite));
    uint32_t number = 65000;
    Packet last;
    for (uint32_t ssrc = 1; ssrc <= 1000; ssrc++) {
      SrtpSender sender(key(facts.suite));
      last = protectedRtp(sender, 1, ssrc);
      CHECK(open(receiver, last) == SrtpVerdict::Good);
      CHECK(open(receiver, protectedRtp(sender, 2, ssrc)) == SrtpVerdict::Good);
      CHECK(open(receiver, protectedRtp(main, static_cast<uint16_t>(number++))) == SrtpVerdict::Good);
    }
    CHECK(open(receiver, last) == SrtpVerdict::Replayed);
  });
}

TEST("a sender protects as many sources as it can keep apart, and no more") {
  SrtpSender sender(key(SrtpSuite::AeadAes128Gcm));
  for (uint32_t ssrc = 1; ssrc <= SrtpSources::kMax; ssrc++) CHECK(!protectedRtp(sender, 1, ssrc).empty());
  CHECK(protectedRtp(sender, 1, 99).empty());
  CHECK(protectedRtcp(sender, 99).empty());
  CHECK(protectedRtp(sender, 1, 1).empty());
  CHECK(!protectedRtp(sender, 2, 1).empty());
}

int main() { return check::run(); }
