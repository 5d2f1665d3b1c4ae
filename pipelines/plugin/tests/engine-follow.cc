#include "rtp/rtcp.h"
#include "tests/engine-rig.h"

using namespace interconnect;
using namespace interconnect::rig;

namespace {

const Address kFirst = Rig::phoneAddress(0);
const Address kMoved = *Address::parse("203.0.113.9", 5555);
const Address kThird = *Address::parse("203.0.113.77", 7777);

std::string openWith(const std::string& policy, const std::string& more = "") {
  std::string params = Rig::openParams(0, kEcho, more);
  return params.replace(params.find("signalled"), 9, policy);
}

/** Opens leg0, whose far end is to be followed; its phone is where it was signalled. */
Phone& callAndFollow(Rig& rig, const std::string& more = "") {
  CHECK(rig.ask("leg.open", openWith("follow", more)).has("result"));
  Phone& phone = *rig.phones.emplace_back(std::make_unique<Phone>(kFirst, Rig::boxAddress(0)));
  phone.toneHz = 440;
  return phone;
}

/** A phone that sends on the same stream from elsewhere, as one does whose NAT has forgotten it. */
void move(Phone& phone, const Address& to) {
  phone.self = to;
  phone.forget();
}

std::string host(Rig& rig) { return rig.stats(0).string("result.received.from.host"); }

}  // namespace

TEST("a far end that sends on from another address is followed within half a second") {
  Rig rig;
  Phone& phone = callAndFollow(rig);
  rig.runFor(kSecond);
  move(phone, kMoved);
  rig.runFor(500 * kMillisecond);
  CHECK_EQUAL(host(rig), std::string("203.0.113.9"));
  phone.forget();
  rig.runFor(2 * kSecond);
  CHECK(phone.heard.size() >= 99);
  CHECK(amplitude(phone.pcm, 440, kSettled) > 10000);
}

TEST("the signalled and the first learned address stay, whoever else sends, while they are heard") {
  Rig rig;
  Phone& phone = callAndFollow(rig);
  Phone& thief = *rig.phones.emplace_back(std::make_unique<Phone>(kMoved, Rig::boxAddress(0)));
  thief.ssrc = phone.ssrc;
  thief.toneHz = 900;
  rig.runFor(10 * kSecond);
  CHECK_EQUAL(thief.heard.size(), size_t{0});
  CHECK(amplitude(phone.pcm, 900, kSettled) < kNothing);
  CHECK(amplitude(phone.pcm, 440, kSettled) > 10000);
}

TEST("another stream than the far end's is not followed, however long the far end is quiet") {
  Rig rig;
  Phone& phone = callAndFollow(rig);
  rig.runFor(kSecond);
  phone.sending = false;
  Phone& thief = *rig.phones.emplace_back(std::make_unique<Phone>(kMoved, Rig::boxAddress(0)));
  thief.ssrc = 0x5555;
  rig.runFor(10 * kSecond);
  CHECK_EQUAL(thief.heard.size(), size_t{0});
  CHECK_EQUAL(host(rig), std::string("198.51.100.1"));
}

TEST("four packets from elsewhere do not move a far end, five do") {
  Rig rig;
  Phone& phone = callAndFollow(rig);
  rig.runFor(kSecond);
  phone.sending = false;
  rig.runFor(kSecond);
  phone.self = kMoved;
  for (int i = 0; i < 4; i++) {
    const auto datagram = phone.nextPacket();
    rig.network.deliver(kMoved, phone.box, {datagram.data(), datagram.size()});
  }
  rig.runFor(100 * kMillisecond);
  CHECK_EQUAL(host(rig), std::string("198.51.100.1"));
  const auto datagram = phone.nextPacket();
  rig.network.deliver(kMoved, phone.box, {datagram.data(), datagram.size()});
  rig.runFor(100 * kMillisecond);
  CHECK_EQUAL(host(rig), std::string("203.0.113.9"));
}

TEST("a far end that moves again is followed after five seconds, not sooner") {
  Rig rig;
  Phone& phone = callAndFollow(rig);
  rig.runFor(kSecond);
  move(phone, kMoved);
  rig.runFor(kSecond);
  move(phone, kThird);
  rig.runFor(3500 * kMillisecond);
  CHECK_EQUAL(host(rig), std::string("203.0.113.9"));
  rig.runFor(2 * kSecond);
  CHECK_EQUAL(host(rig), std::string("203.0.113.77"));
}

TEST("packets that come late from the old address do not call a far end back that has moved") {
  Rig rig;
  Phone& phone = callAndFollow(rig);
  rig.runFor(kSecond);
  const auto late = phone.nextPacket();
  move(phone, kMoved);
  rig.runFor(600 * kMillisecond);
  CHECK_EQUAL(host(rig), std::string("203.0.113.9"));
  rig.network.deliver(kFirst, phone.box, {late.data(), late.size()});
  phone.forget();
  rig.runFor(kSecond);
  CHECK_EQUAL(host(rig), std::string("203.0.113.9"));
  CHECK(phone.heard.size() >= 49);
}

TEST("neither loopback nor a group nor our own address is learned or followed where another was signalled") {
  for (const char* wrong : {"127.0.0.1", "224.0.0.1", "255.255.255.255", "0.0.0.0", "192.0.2.1"}) {
    for (const char* policy : {"learn-once", "follow"}) {
      Rig rig;
      CHECK(rig.ask("leg.open", openWith(policy)).has("result"));
      Phone& phone = *rig.phones.emplace_back(std::make_unique<Phone>(*Address::parse(wrong, 4000), Rig::boxAddress(0)));
      rig.runFor(2 * kSecond);
      CHECK_EQUAL(phone.heard.size(), size_t{0});
      CHECK_NEAR(rig.stats(0).number("result.received.discarded"), 100, 1);
    }
  }
}

TEST("a secured far end is followed by its tag, another SSRC notwithstanding; who has no key is not") {
  constexpr const char* kKey = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNk";
  const std::string security = std::string(R"(,"security":{"send":{"suite":"AES_CM_128_HMAC_SHA1_80","key":")") + kKey +
                               R"("},"receive":{"suite":"AES_CM_128_HMAC_SHA1_80","key":")" + kKey + R"("}})";
  Rig rig;
  Phone& phone = callAndFollow(rig, security);
  const auto key = *SrtpKey::parse(*srtpSuiteOf("AES_CM_128_HMAC_SHA1_80"), kKey);
  phone.protector = std::make_unique<SrtpSender>(key);
  phone.opener = std::make_unique<SrtpReceiver>(key);
  rig.runFor(kSecond);
  phone.sending = false;
  Phone& thief = *rig.phones.emplace_back(std::make_unique<Phone>(kThird, Rig::boxAddress(0)));
  thief.ssrc = phone.ssrc;
  rig.runFor(2 * kSecond);
  CHECK_EQUAL(host(rig), std::string("198.51.100.1"));
  thief.sending = false;
  phone.ssrc = 0x7777;
  phone.protector = std::make_unique<SrtpSender>(key);
  phone.sending = true;
  move(phone, kMoved);
  rig.runFor(2 * kSecond);
  CHECK_EQUAL(host(rig), std::string("203.0.113.9"));
  CHECK(phone.heard.size() >= 70);
  CHECK_EQUAL(phone.unopened, size_t{0});
}

TEST("where the address is signalled or learned once, a far end that moves is not followed") {
  for (const char* policy : {"signalled", "learn-once"}) {
    Rig rig;
    CHECK(rig.ask("leg.open", openWith(policy)).has("result"));
    Phone& phone = *rig.phones.emplace_back(std::make_unique<Phone>(kFirst, Rig::boxAddress(0)));
    rig.runFor(kSecond);
    move(phone, kMoved);
    rig.runFor(2 * kSecond);
    CHECK_EQUAL(phone.heard.size(), size_t{0});
  }
}

int main() { return check::run(); }
