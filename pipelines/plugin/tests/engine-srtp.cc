// Legs with SDES-SRTP: what goes over the wire is protected, what is not authentic is not heard, no key is ever told.
#include "rtp/rtcp.h"
#include "tests/engine-rig.h"

using namespace interconnect;
using namespace interconnect::rig;

namespace {

const std::string kSuites[] = {"AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32", "AEAD_AES_128_GCM",
                               "AES_256_CM_HMAC_SHA1_80", "AES_256_CM_HMAC_SHA1_32", "AEAD_AES_256_GCM"};

/** The inline key of one letter. */
std::string inlineKey(const std::string& suite, char letter) {
  return std::string((factsOf(*srtpSuiteOf(suite)).masterBytes() * 8 + 5) / 6, letter);
}

SrtpKey keyOf(const std::string& suite, char letter) { return *SrtpKey::parse(*srtpSuiteOf(suite), inlineKey(suite, letter)); }

/** `security` of a leg that sends under one key and receives under another. */
std::string security(const std::string& suite, char send, char receive) {
  return R"(,"security":{"send":{"suite":")" + suite + R"(","key":")" + inlineKey(suite, send) + R"("},"receive":{"suite":")" + suite +
         R"(","key":")" + inlineKey(suite, receive) + R"("}})";
}

/** A phone that sends under one key and receives under another; nothing has come to it yet. */
void secure(Phone& phone, const std::string& suite, char send, char receive) {
  phone.protector = std::make_unique<SrtpSender>(keyOf(suite, send));
  phone.opener = std::make_unique<SrtpReceiver>(keyOf(suite, receive));
}

/** A secured echo leg; the phone sends under `phoneSends`, the leg believes in 'r'. */
Phone& securedCall(Rig& rig, const std::string& suite, char phoneSends = 'r') {
  Phone& phone = rig.call(kEcho, 440, security(suite, 's', 'r'));
  secure(phone, suite, phoneSends, 's');
  return phone;
}

Json update(Rig& rig, const std::string& keys) { return rig.ask("leg.update", R"({"leg":"leg0")" + keys + "}"); }

}  // namespace

TEST("audio and reports are protected both ways, in every suite") {
  for (const std::string& suite : kSuites) {
    Rig rig;
    Phone& phone = securedCall(rig, suite);
    rig.runFor(3 * kSecond);
    CHECK_EQUAL(phone.unopened, size_t{0});
    CHECK(amplitude(phone.pcm, 440, kSettled) > kToneAmplitude * 0.95);
    CHECK(!phone.rtcp.empty());
    RtcpMessage report;
    report.ssrc = phone.ssrc;
    report.cname = "phone";
    std::vector<uint8_t> bytes(kMaxRtcpBytes);
    bytes.resize(writeRtcp(bytes.data(), bytes.size(), report));
    rig.network.deliver(phone.self.withPort(20001), phone.box.withPort(10001), {bytes.data(), bytes.size()});
    phone.protect(bytes);
    rig.network.deliver(phone.self.withPort(20001), phone.box.withPort(10001), {bytes.data(), bytes.size()});
    rig.runFor(2 * kSecond);
    const Json stats = rig.stats(0);
    CHECK_EQUAL(stats.number("result.rtcp.received"), 1.0);
    CHECK_EQUAL(stats.number("result.received.unauthenticated"), 1.0);
    CHECK_EQUAL(stats.number("result.received.discarded"), 0.0);
    CHECK_EQUAL(stats.number("result.sent.errors"), 0.0);
  }
}

TEST("packets under a wrong key are counted and never heard, and do not claim the leg") {
  for (const std::string& suite : kSuites) {
    Rig rig;
    Phone& phone = securedCall(rig, suite, 'x');
    rig.runFor(2 * kSecond);
    const Json stats = rig.stats(0);
    CHECK_NEAR(stats.number("result.received.unauthenticated"), 100, 1);
    CHECK_EQUAL(stats.number("result.received.packets"), 0.0);
    CHECK_EQUAL(rig.events("leg.rtp-started").size(), size_t{0});
    CHECK(amplitude(phone.pcm, 440) < kNothing);
  }
}

TEST("packets in clear are not heard on a secured leg, nor secured ones on a plain leg") {
  Rig rig;
  Phone& clear = rig.call(kEcho, 440, security(kSuites[0], 's', 'r'));
  clear.opener = std::make_unique<SrtpReceiver>(keyOf(kSuites[0], 's'));
  Phone& plain = rig.call(kEcho, 440);
  plain.protector = std::make_unique<SrtpSender>(keyOf(kSuites[0], 'r'));
  rig.runFor(kSecond);
  CHECK_NEAR(rig.stats(0).number("result.received.unauthenticated"), 50, 1);
  CHECK(amplitude(clear.pcm, 440) < kNothing);
  CHECK(!rig.stats(1).has("result.received.unauthenticated"));
  CHECK(amplitude(plain.pcm, 440, 2000) < kToneAmplitude * 0.5);
}

TEST("a change of keys takes over at once, both ways, and the old key is heard no more") {
  Rig rig;
  Phone& phone = securedCall(rig, kSuites[0]);
  rig.runFor(2 * kSecond);
  CHECK(update(rig, security(kSuites[2], 'S', 'R')).has("result"));
  rig.runFor(200 * kMillisecond);
  CHECK_NEAR(rig.stats(0).number("result.received.unauthenticated"), 10, 1);
  CHECK_NEAR(static_cast<double>(phone.unopened), 10, 1);
  secure(phone, kSuites[2], 'R', 'S');
  phone.forget();
  phone.unopened = 0;
  rig.runFor(2 * kSecond);
  CHECK_EQUAL(phone.unopened, size_t{0});
  CHECK(amplitude(phone.pcm, 440, kSettled) > kToneAmplitude * 0.95);
  CHECK_NEAR(rig.stats(0).number("result.received.unauthenticated"), 10, 1);
}

TEST("the roll-over counter is kept when the far end's address changes, and when the same keys are given again") {
  Rig rig;
  Phone& phone = securedCall(rig, kSuites[0]);
  phone.toneHz = 0;
  // Past both wraps of the sequence numbers.
  rig.runFor(1400 * kSecond);
  CHECK_EQUAL(phone.unopened, size_t{0});
  phone.self = *Address::parse("198.51.100.7", 30000);
  CHECK(update(rig, R"(,"remote":{"rtp":{"host":"198.51.100.7","port":30000},"rtcp":{"host":"198.51.100.7","port":30001},"policy":"signalled"})" +
                        security(kSuites[0], 's', 'r')).has("result"));
  const double before = rig.stats(0).number("result.received.packets");
  phone.forget();
  rig.runFor(2 * kSecond);
  CHECK_EQUAL(phone.unopened, size_t{0});
  CHECK_NEAR(static_cast<double>(phone.heard.size()), 100, 1);
  CHECK_NEAR(rig.stats(0).number("result.received.packets") - before, 100, 1);
  CHECK_EQUAL(rig.stats(0).number("result.received.unauthenticated"), 0.0);
}

TEST("roll-over counter and replay window outlive three hours, a hold of an hour, re-INVITEs and new keys, in every suite") {
  for (const std::string& suite : kSuites) {
    Rig rig;
    Phone& phone = securedCall(rig, suite);
    phone.toneHz = 0;
    const auto passedOn = [&] { return rig.stats(0).number("result.received.packets"); };
    const auto goesOn = [&](const char* when) {
      const double before = passedOn();
      phone.forget();
      phone.unopened = 0;
      rig.runFor(2 * kSecond);
      const bool ok = CHECK_NEAR(passedOn() - before, 100, 2) & CHECK_EQUAL(phone.unopened, size_t{0}) &
                      CHECK_NEAR(static_cast<double>(phone.heard.size()), 100, 2) &
                      CHECK_EQUAL(rig.stats(0).number("result.received.unauthenticated"), 0.0);
      if (!ok) std::printf("  %s, %s\n", when, suite.c_str());
    };
    // 540,000 packets each way: eight roll-overs.
    for (int minute = 0; minute < 180; minute++) {
      rig.runFor(60 * kSecond);
      phone.forget();
    }
    CHECK(passedOn() > 539'000);
    goesOn("after three hours");
    const auto recorded = phone.nextPacket();
    rig.network.deliver(phone.self, phone.box, {recorded.data(), recorded.size()});
    // Neither side speaks; the far end's last packets are played to us by somebody all the time.
    CHECK(update(rig, R"(,"direction":"inactive")" + security(suite, 's', 'r')).has("result"));
    phone.sending = false;
    const double discarded = rig.stats(0).number("result.received.discarded");
    for (int minute = 0; minute < 60; minute++) {
      rig.runFor(60 * kSecond);
      rig.network.deliver(phone.self, phone.box, {recorded.data(), recorded.size()});
    }
    rig.runFor(kSecond);
    CHECK_EQUAL(rig.stats(0).number("result.received.discarded") - discarded, 60.0);
    CHECK(update(rig, R"(,"direction":"sendrecv")" + security(suite, 's', 'r')).has("result"));
    phone.sending = true;
    goesOn("after the hold");
    rig.network.deliver(phone.self, phone.box, {recorded.data(), recorded.size()});
    rig.runFor(kSecond);
    CHECK_EQUAL(rig.stats(0).number("result.received.discarded") - discarded, 61.0);
    for (const auto& [send, receive] : {std::pair{'S', 'R'}, std::pair{'T', 'Q'}}) {
      phone.protector->setKey(keyOf(suite, receive));
      phone.opener->setKey(keyOf(suite, send));
      CHECK(update(rig, security(suite, send, receive)).has("result"));
      goesOn("after new keys");
    }
  }
}

TEST("a recorded packet that is played again is not heard") {
  Rig rig;
  Phone& phone = securedCall(rig, kSuites[0]);
  rig.runFor(kSecond);
  const auto recorded = phone.nextPacket();
  for (int i = 0; i < 10; i++) rig.network.deliver(phone.self, phone.box, {recorded.data(), recorded.size()});
  rig.runFor(kSecond);
  CHECK_EQUAL(rig.stats(0).number("result.received.discarded"), 9.0);
  CHECK_EQUAL(rig.stats(0).number("result.received.duplicates"), 0.0);
}

TEST("keys with an identifier: it is taken off what comes, is in all that goes, and changes with the keys") {
  for (const std::string& suite : kSuites) {
    Rig rig;
    const auto identified = [&](char send, const char* sendMki, char receive, const char* receiveMki) {
      const auto one = [&](char letter, const char* mki) {
        return R"({"suite":")" + suite + R"(","key":")" + inlineKey(suite, letter) + R"(","mki":)" + mki + "}";
      };
      return R"(,"security":{"send":)" + one(send, sendMki) + R"(,"receive":)" + one(receive, receiveMki) + "}";
    };
    Phone& phone = rig.call(kEcho, 440, identified('s', R"({"value":1,"bytes":1})", 'r', R"({"value":258,"bytes":4})"));
    const auto keyOfMki = [&](char letter, SrtpMki mki) { return *SrtpKey::parse(*srtpSuiteOf(suite), inlineKey(suite, letter), mki); };
    phone.protector = std::make_unique<SrtpSender>(keyOfMki('r', SrtpMki::of(258, 4)));
    phone.opener = std::make_unique<SrtpReceiver>(keyOfMki('s', SrtpMki::of(1, 1)));
    rig.runFor(3 * kSecond);
    CHECK_EQUAL(phone.unopened, size_t{0});
    CHECK(amplitude(phone.pcm, 440, kSettled) > kToneAmplitude * 0.95);
    CHECK(!phone.rtcp.empty());
    CHECK_EQUAL(rig.stats(0).number("result.received.unauthenticated"), 0.0);
    phone.protector->setKey(keyOfMki('R', SrtpMki::of(259, 4)));
    phone.opener->setKey(keyOfMki('S', SrtpMki::of(2, 1)));
    CHECK(update(rig, identified('S', R"({"value":2,"bytes":1})", 'R', R"({"value":259,"bytes":4})")).has("result"));
    rig.runFor(2 * kSecond);
    CHECK_EQUAL(phone.unopened, size_t{0});
    CHECK_EQUAL(rig.stats(0).number("result.received.unauthenticated"), 0.0);
  }
}

TEST("security can be taken away and given later") {
  Rig rig;
  Phone& phone = rig.call(kEcho, 440);
  rig.runFor(kSecond);
  CHECK(update(rig, security(kSuites[1], 's', 'r')).has("result"));
  secure(phone, kSuites[1], 'r', 's');
  phone.forget();
  rig.runFor(2 * kSecond);
  CHECK_EQUAL(phone.unopened, size_t{0});
  CHECK(amplitude(phone.pcm, 440, kSettled) > kToneAmplitude * 0.95);
  CHECK(update(rig, R"(,"security":null)").has("result"));
  phone.protector.reset();
  phone.opener.reset();
  phone.forget();
  rig.runFor(2 * kSecond);
  CHECK(amplitude(phone.pcm, 440, kSettled) > kToneAmplitude * 0.95);
}

TEST("a bridge from a secured side to a plain one relays") {
  Rig rig;
  Phone& secured = rig.call(kSilence, 400, security(kSuites[0], 's', 'r'));
  secure(secured, kSuites[0], 'r', 's');
  Phone& plain = rig.call(leg(0), 700);
  rig.ask("leg.update", R"({"leg":"leg0","hears":)" + leg(1) + "}");
  rig.runFor(3 * kSecond);
  CHECK_EQUAL(secured.unopened, size_t{0});
  CHECK(amplitude(secured.pcm, 700, kSettled) > kToneAmplitude * 0.95);
  CHECK(amplitude(plain.pcm, 400, kSettled) > kToneAmplitude * 0.95);
  CHECK_EQUAL(rig.stats(0).number("result.sent.errors"), 0.0);
}

TEST("keys that cannot be are refused with a sentence that does not tell them") {
  Rig rig;
  rig.call(kSilence, 0);
  const std::string good = security(kSuites[0], 's', 'r');
  const std::string secret = std::string(40, 's');
  const auto changed = [&](const std::string& what, const std::string& by) {
    std::string text = good;
    return text.replace(text.find(what), what.size(), by);
  };
  const std::pair<std::string, const char*> bad[] = {
      {changed(secret, std::string(39, 's') + "!"), "params.security.send.key"},
      {changed(secret, std::string(38, 's')), "params.security.send.key"},
      {changed(secret, secret + "s"), "params.security.send.key"},
      {changed(secret, ""), "params.security.send.key"},
      {changed("_80", "_81"), "params.security.send.suite"},
      {changed("\"suite\"", "\"cipher\""), "params.security.send.suite"},
      {changed("\"receive\"", "\"recieve\""), "params.security.receive"},
      {changed("\"send\":{", "\"send\":{\"life\":1,"), "params.security.send.life"},
      {R"(,"security":7)", "params.security"},
      {changed("\"send\":{", R"("send":{"mki":{"value":1,"bytes":5},)"), "params.security.send.mki.bytes"},
      {changed("\"send\":{", R"("send":{"mki":{"value":4294967296,"bytes":4},)"), "params.security.send.mki.value"},
      {changed("\"send\":{", R"("send":{"mki":{"value":1,"bytes":1,"more":1},)"), "params.security.send.mki.more"},
  };
  for (const auto& [keys, names] : bad) {
    const Json answer = update(rig, keys);
    CHECK_EQUAL(answer.string("error.code"), std::string("media.bad-request"));
    if (!CHECK(answer.string("error.message").find(names) != std::string::npos)) std::printf("  %s\n", answer.text().c_str());
    CHECK(answer.text().find("sssss") == std::string::npos);
  }
  CHECK(update(rig, good).has("result"));
}

TEST("no key is in a dump, a statistic or an event") {
  Rig rig;
  securedCall(rig, kSuites[0], 'x');
  rig.runFor(3 * kSecond);
  rig.ask("dump", "{}");
  rig.ask("leg.stats", R"({"leg":"leg0"})");
  rig.ask("leg.close", R"({"leg":"leg0"})");
  for (const std::string& line : rig.lines) {
    CHECK(line.find("sssss") == std::string::npos && line.find("rrrrr") == std::string::npos);
  }
}

int main() { return check::run(); }
