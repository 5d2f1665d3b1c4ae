// Legs with DTLS-SRTP: two of one box call each other over a simulated network; nothing is heard in clear.
#include <deque>

#include "dtls/record.h"
#include "rtp/rtcp.h"
#include "tests/engine-rig.h"

using namespace interconnect;
using namespace interconnect::rig;

namespace {

const DtlsContext& ours() {
  static const DtlsContext context(DtlsIdentity::make());
  return context;
}

std::string endpoint(int port) { return R"({"host":"192.0.2.1","port":)" + std::to_string(port) + "}"; }

std::string fingerprint() { return ours().identity().fingerprint().value(); }

std::string dtls(const std::string& role, const std::string& value = fingerprint(), const std::string& more = "") {
  return R"(,"security":{"dtls":{"role":")" + role + R"(","fingerprints":[{"hash":"sha-256","value":")" + value + "\"}]" + more + "}}";
}

/** A box whose legs reach each other through 5 ms of network, which may lose. */
class Box {
 public:
  Box()
      : network(clock, [this](const Address& from, const Address& to, Span d) { carry(from, to, d); }),
        engine(clock, network, seededRandom(7), [this](std::string line) { lines.push_back(std::move(line)); }, &ours()) {}

  /** Leg `i` on port 10000 + 10 i. @param to the port of the leg that it speaks with @param rtcp and of that leg's RTCP */
  void open(int i, const std::string& hears, int to, int rtcp, const std::string& more) {
    const int port = 10000 + 10 * i;
    const Json answer = ask("leg.open", R"({"leg":"leg)" + std::to_string(i) + R"(","local":{"host":"192.0.2.1","rtpPort":)" +
                                            std::to_string(port) + R"(,"rtcpPort":)" + std::to_string(port + 1) + R"(},"remote":{"rtp":)" +
                                            endpoint(to) + R"(,"rtcp":)" + endpoint(rtcp) + R"(,"policy":"signalled"},"receive":[)" +
                                            kPcmu + R"(],"send":)" + kPcmu + R"(,"hears":)" + hears + more + "}");
    if (!CHECK(answer.has("result.ssrc"))) std::printf("  %s\n", answer.text().c_str());
  }

  /** leg0 hears a tone's echo from leg1: leg0 sends 440 Hz, leg1 700 Hz. */
  void pair(const std::string& one, const std::string& two, bool multiplexed = true) {
    open(0, tone(440), 10010, multiplexed ? 10010 : 10011, one);
    open(1, tone(700), 10000, multiplexed ? 10000 : 10001, two);
  }

  static std::string tone(int hz) { return R"({"kind":"tone","levelDbov":-12,"frequencyHz":)" + std::to_string(hz) + "}"; }

  Json ask(const std::string& method, const std::string& params) {
    const size_t before = lines.size();
    engine.command(R"({"id":1,"method":")" + method + R"(","params":)" + params + "}");
    for (size_t i = before; i < lines.size(); i++) {
      if (lines[i].rfind("{\"id\":", 0) == 0) return Json(lines[i]);
    }
    return Json("{}");
  }
  Json stats(int i) { return ask("leg.stats", R"({"leg":"leg)" + std::to_string(i) + "\"}"); }
  Json update(int i, const std::string& more) { return ask("leg.update", R"({"leg":"leg)" + std::to_string(i) + "\"" + more + "}"); }

  std::vector<Json> events(const std::string& name) const {
    std::vector<Json> found;
    for (const std::string& line : lines) {
      if (line.rfind("{\"event\":\"" + name + "\"", 0) == 0) found.emplace_back(line);
    }
    return found;
  }

  void runFor(Nanos duration) {
    const Nanos end = clock.now() + duration;
    for (; clock.now() < end; clock.moveTo(clock.now() + kMillisecond)) {
      while (!onTheirWay.empty() && onTheirWay.front().due <= clock.now()) {
        const OnItsWay one = std::move(onTheirWay.front());
        onTheirWay.pop_front();
        network.deliver(one.from, one.to, {one.bytes.data(), one.bytes.size()});
      }
      engine.run();
    }
  }

  /** Both hear each other. */
  void checkTones() {
    CHECK_NEAR(stats(0).number("result.received.frequencyHz"), 700, 5);
    CHECK_NEAR(stats(1).number("result.received.frequencyHz"), 440, 5);
    for (int i = 0; i < 2; i++) {
      CHECK_EQUAL(stats(i).number("result.received.unauthenticated"), 0.0);
      CHECK_EQUAL(stats(i).number("result.sent.errors"), 0.0);
    }
  }

  struct OnItsWay {
    Nanos due;
    Address from;
    Address to;
    std::vector<uint8_t> bytes;
  };
  std::deque<OnItsWay> onTheirWay;
  /** All that any leg sent. */
  std::vector<OnItsWay> sent;
  std::function<bool(const OnItsWay&)> lost = [](const OnItsWay&) { return false; };
  std::vector<std::string> lines;
  ManualClock clock;
  SimulatedNetwork network;
  Engine engine;

 private:
  void carry(const Address& from, const Address& to, Span datagram) {
    OnItsWay one{clock.now() + 5 * kMillisecond, from, to, {datagram.data, datagram.data + datagram.size}};
    sent.push_back(one);
    if (!lost(one)) onTheirWay.push_back(std::move(one));
  }
};

size_t dtlsDatagrams(const Box& box) {
  size_t count = 0;
  for (const auto& one : box.sent) count += isDtls({one.bytes.data(), one.bytes.size()}) ? 1 : 0;
  return count;
}

}  // namespace

TEST("two legs shake hands, are told of as secured, and hear each other; their RTCP is secured by the same keys") {
  Box box;
  box.pair(dtls("client"), dtls("server"));
  box.runFor(200 * kMillisecond);
  const auto secured = box.events("leg.secured");
  if (CHECK_EQUAL(secured.size(), size_t{2})) {
    for (const Json& event : secured) CHECK_EQUAL(event.string("params.suite"), std::string("AEAD_AES_128_GCM"));
  }
  box.runFor(12 * kSecond);
  box.checkTones();
  for (int i = 0; i < 2; i++) {
    const Json stats = box.stats(i);
    CHECK_EQUAL(stats.string("result.dtls.state"), std::string("secured"));
    CHECK(stats.number("result.dtls.handshakeMs") < 100);
    CHECK(stats.number("result.rtcp.received") > 0);
  }
}

TEST("where RTCP has a port of its own, it has an association of its own") {
  Box box;
  box.pair(dtls("client"), dtls("server"), false);
  box.runFor(12 * kSecond);
  box.checkTones();
  for (int i = 0; i < 2; i++) CHECK(box.stats(i).number("result.rtcp.received") > 0);
  CHECK_EQUAL(box.events("leg.secured").size(), size_t{2});
}

TEST("nothing is sent in clear before the handshake is done, and nothing in clear is taken, before or after it") {
  Box box;
  bool holding = true;
  box.lost = [&](const Box::OnItsWay& one) { return holding && isDtls({one.bytes.data(), one.bytes.size()}); };
  box.pair(dtls("client"), dtls("server"));
  const auto clear = [&] {
    std::vector<uint8_t> packet(kRtpHeaderBytes + 160);
    static uint16_t sequence = 0;
    writeRtpHeader(packet.data(), {false, 0, sequence++, uint32_t{160} * sequence, 7, {}});
    box.network.deliver(*Address::parse("192.0.2.1", 10010), *Address::parse("192.0.2.1", 10000), {packet.data(), packet.size()});
    box.runFor(20 * kMillisecond);
  };
  for (int i = 0; i < 50; i++) clear();
  for (const auto& one : box.sent) CHECK(isDtls({one.bytes.data(), one.bytes.size()}));
  CHECK_EQUAL(box.stats(0).number("result.received.discarded"), 50.0);
  CHECK_EQUAL(box.stats(0).number("result.received.packets"), 0.0);
  CHECK_EQUAL(box.stats(0).string("result.dtls.state"), std::string("handshaking"));
  holding = false;
  box.runFor(3 * kSecond);
  box.checkTones();
  for (int i = 0; i < 50; i++) clear();
  CHECK_EQUAL(box.stats(0).number("result.received.unauthenticated"), 50.0);
  for (const auto& one : box.sent) {
    const Span bytes{one.bytes.data(), one.bytes.size()};
    // A packet of 20 ms of PCMU, and the tag of GCM.
    if (!isDtls(bytes) && !isRtcp(bytes)) CHECK_EQUAL(bytes.size, kRtpHeaderBytes + 160 + 16);
  }
}

TEST("a wrong fingerprint fails the leg with a sentence, and it stays silent") {
  Box box;
  const std::string other = "AA" + fingerprint().substr(2) == fingerprint() ? "BB" + fingerprint().substr(2) : "AA" + fingerprint().substr(2);
  box.pair(dtls("client", other), dtls("server"));
  while (box.events("leg.failed").empty() && box.clock.now() < 3 * kSecond) box.runFor(kMillisecond);
  // Who signals hears of it before the far end does, which may hang up for it.
  box.runFor(20 * kMillisecond);
  CHECK_EQUAL(box.events("leg.failed").size(), size_t{1});
  box.runFor(2 * kSecond);
  const auto failed = box.events("leg.failed");
  if (CHECK_EQUAL(failed.size(), size_t{2})) {
    CHECK_EQUAL(failed[0].string("params.code"), std::string("media.dtls-fingerprint"));
    CHECK_EQUAL(failed[1].string("params.code"), std::string("media.dtls-failed"));
  }
  box.runFor(20 * kSecond);
  CHECK_EQUAL(box.events("leg.failed").size(), size_t{2});
  for (const auto& one : box.sent) CHECK(isDtls({one.bytes.data(), one.bytes.size()}));
  CHECK_EQUAL(box.stats(0).string("result.dtls.state"), std::string("failed"));
}

TEST("a far end that never shakes hands fails the leg after ten seconds, whichever role it has") {
  for (const char* role : {"client", "server"}) {
    Box box;
    box.open(0, Box::tone(440), 10010, 10010, dtls(role));
    box.runFor(9900 * kMillisecond);
    CHECK(box.events("leg.failed").empty());
    box.runFor(200 * kMillisecond);
    const auto failed = box.events("leg.failed");
    if (CHECK_EQUAL(failed.size(), size_t{1})) CHECK_EQUAL(failed[0].string("params.code"), std::string("media.dtls-timeout"));
  }
}

TEST("a ClientHello that is here before we know what it is about is answered when we do") {
  Box box;
  box.ask("leg.open", R"({"leg":"leg0","local":{"host":"192.0.2.1","rtpPort":10000,"rtcpPort":10001}})");
  box.open(1, Box::tone(700), 10000, 10000, dtls("client"));
  // The client's second one would come after 100 ms.
  box.runFor(60 * kMillisecond);
  CHECK_EQUAL(dtlsDatagrams(box), size_t{1});
  CHECK(box.update(0, R"(,"remote":{"rtp":)" + endpoint(10010) + R"(,"rtcp":)" + endpoint(10010) + R"(,"policy":"signalled"},"receive":[)" +
                          kPcmu + R"(],"send":)" + kPcmu + R"(,"hears":)" + Box::tone(440) + dtls("server")).has("result"));
  box.runFor(38 * kMillisecond);
  CHECK_EQUAL(box.events("leg.secured").size(), size_t{2});
  box.runFor(2 * kSecond);
  box.checkTones();
}

TEST("the same terms again keep association and counters, for hours; others make a new association with new keys") {
  Box box;
  box.pair(dtls("client"), dtls("server"));
  // Past a wrap of the sequence numbers.
  box.runFor(1400 * kSecond);
  const size_t before = dtlsDatagrams(box);
  CHECK(box.update(0, dtls("client")).has("result") && box.update(1, dtls("server")).has("result"));
  box.runFor(2 * kSecond);
  CHECK_EQUAL(dtlsDatagrams(box), before);
  box.checkTones();
  const std::string another = R"(,"association":"another one")";
  CHECK(box.update(0, dtls("client", fingerprint(), another)).has("result"));
  CHECK(box.update(1, dtls("server", fingerprint(), another)).has("result"));
  box.runFor(3 * kSecond);
  CHECK(dtlsDatagrams(box) > before);
  CHECK_EQUAL(box.events("leg.secured").size(), size_t{4});
  CHECK_NEAR(box.stats(0).number("result.received.frequencyHz"), 700, 5);
  CHECK_NEAR(box.stats(1).number("result.received.frequencyHz"), 440, 5);
  CHECK(box.events("leg.failed").empty());
}

TEST("roles can be changed, and security taken away and given, within a call") {
  Box box;
  box.pair(dtls("client"), dtls("server"));
  box.runFor(2 * kSecond);
  CHECK(box.update(0, dtls("server")).has("result") && box.update(1, dtls("client")).has("result"));
  box.runFor(3 * kSecond);
  CHECK_EQUAL(box.events("leg.secured").size(), size_t{4});
  const std::string key = R"({"suite":"AES_CM_128_HMAC_SHA1_80","key":")" + std::string(40, 'k') + "\"}";
  const std::string sdes = R"(,"security":{"send":)" + key + R"(,"receive":)" + key + "}";
  CHECK(box.update(0, sdes).has("result") && box.update(1, sdes).has("result"));
  box.runFor(2 * kSecond);
  CHECK_NEAR(box.stats(0).number("result.received.frequencyHz"), 700, 5);
  CHECK(!box.stats(0).has("result.dtls"));
  CHECK(box.update(0, dtls("client")).has("result") && box.update(1, dtls("server")).has("result"));
  box.runFor(2 * kSecond);
  CHECK_EQUAL(box.events("leg.secured").size(), size_t{6});
  CHECK_NEAR(box.stats(1).number("result.received.frequencyHz"), 440, 5);
}

TEST("a leg that closes says so to the far end, where it is noted") {
  Box box;
  box.pair(dtls("client"), dtls("server"));
  box.runFor(kSecond);
  box.ask("leg.close", R"({"leg":"leg1"})");
  box.runFor(100 * kMillisecond);
  CHECK_EQUAL(box.stats(0).string("result.dtls.state"), std::string("closed"));
  CHECK(box.events("leg.failed").empty());
}

TEST("a stranger's ClientHello is not answered") {
  Box box;
  box.open(1, Box::tone(700), 10000, 10000, dtls("server"));
  DtlsTerms terms{DtlsRole::Client, {ours().identity().fingerprint()}, ""};
  struct Output final : DatagramOutput {
    void send(Span datagram) override { bytes.assign(datagram.data, datagram.data + datagram.size); }
    std::vector<uint8_t> bytes;
  } output;
  DtlsAssociation stranger(ours(), terms, output, box.clock.now());
  stranger.start(box.clock.now());
  box.network.deliver(*Address::parse("198.51.100.66", 4000), *Address::parse("192.0.2.1", 10010), {output.bytes.data(), output.bytes.size()});
  box.runFor(100 * kMillisecond);
  CHECK_EQUAL(box.sent.size(), size_t{0});
  CHECK_EQUAL(box.stats(1).number("result.received.discarded"), 1.0);
}

TEST("forty calls answered at once share out their handshakes over the ticks, and all are secured") {
  Box box;
  for (int i = 0; i < 40; i += 2) {
    const int one = 10000 + 10 * i;
    box.open(i, Box::tone(440), one + 10, one + 10, dtls("client"));
    box.open(i + 1, Box::tone(700), one, one, dtls("server"));
  }
  box.runFor(kSecond);
  CHECK_EQUAL(box.events("leg.secured").size(), size_t{40});
  size_t most = 0;
  for (Nanos from = kSecond; from < 2 * kSecond; from += kTick) {
    size_t hellos = 0;
    for (const auto& one : box.sent) {
      const Nanos at = one.due - 5 * kMillisecond;
      if (at >= from && at < from + kTick && isClientHello({one.bytes.data(), one.bytes.size()})) hellos++;
    }
    most = std::max(most, hellos);
  }
  CHECK(most <= 12);
}

TEST("terms that cannot be are refused with a sentence that names the key") {
  Box box;
  box.pair(dtls("client"), dtls("server"));
  const std::pair<std::string, const char*> bad[] = {
      {dtls("actpass"), "params.security.dtls.role"},
      {dtls("client", "AA:BB"), "params.security.dtls.fingerprints"},
      {dtls("client", fingerprint(), R"(,"association":"")"), "params.security.dtls.association"},
      {dtls("client", fingerprint(), R"(,"tls":1)"), "params.security.dtls.tls"},
      {R"(,"security":{"dtls":{"role":"client","fingerprints":[]}})", "params.security.dtls.fingerprints"},
      {R"(,"security":{"dtls":null})", "params.security.dtls"},
  };
  for (const auto& [change, names] : bad) {
    const Json answer = box.update(0, change);
    CHECK_EQUAL(answer.string("error.code"), std::string("media.bad-request"));
    if (!CHECK(answer.string("error.message").find(names) != std::string::npos)) std::printf("  %s\n", answer.text().c_str());
  }
  Rig without;
  const Json answer = without.ask("leg.open", Rig::openParams(0, kSilence, dtls("client")));
  CHECK_EQUAL(answer.string("error.code"), std::string("media.security-failed"));
}

int main() { return check::run(); }
