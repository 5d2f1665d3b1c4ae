#include "rtp/rtcp.h"
#include "tests/engine-rig.h"

using namespace interconnect;
using namespace interconnect::rig;

namespace {

std::string openWithPolicy(const std::string& policy) {
  std::string params = Rig::openParams(0, kEcho);
  const size_t at = params.find("signalled");
  return params.replace(at, 9, policy);
}

/** Opens leg0 with a policy; its phone is at `address`. */
Phone& callWithPolicy(Rig& rig, const std::string& policy, const Address& address) {
  CHECK(rig.ask("leg.open", openWithPolicy(policy)).has("result"));
  rig.phones.push_back(std::make_unique<Phone>(address, Rig::boxAddress(0)));
  rig.phones.back()->toneHz = 440;
  return *rig.phones.back();
}

const Address kElsewhere = *Address::parse("203.0.113.9", 5555);

void deliver(Rig& rig, const Address& from, const Address& to, const std::vector<uint8_t>& bytes) {
  rig.network.deliver(from, to, {bytes.data(), bytes.size()});
}

}  // namespace

TEST("a signalled remote is the only one that is believed") {
  Rig rig;
  Phone& right = callWithPolicy(rig, "signalled", Rig::phoneAddress(0));
  Phone& wrong = *rig.phones.emplace_back(std::make_unique<Phone>(kElsewhere, Rig::boxAddress(0)));
  wrong.toneHz = 900;
  rig.runFor(2 * kSecond);
  CHECK(amplitude(right.pcm, 440, kSettled) > 10000);
  CHECK(amplitude(right.pcm, 900, kSettled) < kNothing);
  CHECK_EQUAL(wrong.heard.size(), size_t{0});
  const Json stats = rig.stats(0);
  CHECK_NEAR(stats.number("result.received.discarded"), 100, 1);
  CHECK_EQUAL(stats.string("result.received.from.host"), std::string("198.51.100.1"));
  CHECK_EQUAL(stats.number("result.received.from.port"), 20000.0);
}

TEST("learn-once follows the first valid packet and then stays with it") {
  Rig rig;
  Phone& natted = callWithPolicy(rig, "learn-once", kElsewhere);
  // Neither garbage nor an unknown payload type may claim the leg.
  const Address intruder = *Address::parse("203.0.113.66", 6666);
  deliver(rig, intruder, Rig::boxAddress(0), {0x80, 0, 1});
  deliver(rig, intruder, Rig::boxAddress(0), {0x80, 77, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0xff});
  rig.runFor(kSecond);
  CHECK(natted.heard.size() >= 45);
  Phone& late = *rig.phones.emplace_back(std::make_unique<Phone>(intruder, Rig::boxAddress(0)));
  late.toneHz = 900;
  rig.runFor(2 * kSecond);
  CHECK_EQUAL(late.heard.size(), size_t{0});
  CHECK(amplitude(natted.pcm, 440, kSettled) > 10000);
  CHECK(amplitude(natted.pcm, 900, kSettled) < kNothing);
  CHECK_EQUAL(rig.stats(0).string("result.received.from.host"), std::string("203.0.113.9"));
  const auto started = rig.events("leg.rtp-started");
  if (!CHECK_EQUAL(started.size(), size_t{1})) return;
  CHECK_EQUAL(started[0].number("params.from.port"), 5555.0);
  CHECK_EQUAL(started[0].number("params.payloadType"), 0.0);
  CHECK_EQUAL(started[0].number("params.ssrc"), static_cast<double>(natted.ssrc));
}

TEST("repeating the signalled remote forgets nothing learned, another one is followed") {
  Rig rig;
  callWithPolicy(rig, "learn-once", kElsewhere);
  rig.runFor(kSecond);
  const std::string remote = R"({"leg":"leg0","remote":{"rtp":{"host":"198.51.100.1","port":20000},"rtcp":{"host":"198.51.100.1","port":20001},"policy":"learn-once"}})";
  rig.ask("leg.update", remote);
  rig.phones[0]->forget();
  rig.runFor(kSecond);
  CHECK(rig.phones[0]->heard.size() >= 49);

  const Address moved = *Address::parse("198.51.100.7", 30000);
  Phone& second = *rig.phones.emplace_back(std::make_unique<Phone>(moved, Rig::boxAddress(0)));
  second.toneHz = 700;
  second.ssrc = 0x1234;
  rig.phones[0]->sending = false;
  rig.ask("leg.update", R"({"leg":"leg0","remote":{"rtp":{"host":"198.51.100.7","port":30000},"rtcp":{"host":"198.51.100.7","port":30001},"policy":"signalled"}})");
  rig.runFor(2 * kSecond);
  CHECK(amplitude(second.pcm, 700, kSettled) > 10000);
}

namespace {

const char* const kMoves = R"({"leg":"leg0","remote":{"rtp":{"host":"198.51.100.7","port":30000},"rtcp":{"host":"198.51.100.7","port":30001},"policy":"learn-once"}})";

}  // namespace

TEST("a far end that moves is heard where it says, though packets of its old address are still on their way") {
  Rig rig;
  Phone& before = callWithPolicy(rig, "learn-once", Rig::phoneAddress(0));
  rig.runFor(kSecond);
  rig.ask("leg.update", kMoves);
  // It goes on from its old address until it has our answer.
  rig.runFor(100 * kMillisecond);
  before.sending = false;
  Phone& after = *rig.phones.emplace_back(std::make_unique<Phone>(*Address::parse("198.51.100.7", 30000), Rig::boxAddress(0)));
  after.toneHz = 700;
  after.ssrc = 0x1234;
  before.forget();
  rig.runFor(2 * kSecond);
  CHECK(amplitude(after.pcm, 700, kSettled) > 10000);
  CHECK_EQUAL(before.heard.size(), size_t{0});
}

TEST("a far end that moves behind a NAT is followed to where it sends from, not back to where it was") {
  Rig rig;
  Phone& before = callWithPolicy(rig, "learn-once", kElsewhere);
  rig.runFor(kSecond);
  rig.ask("leg.update", kMoves);
  rig.runFor(100 * kMillisecond);
  before.sending = false;
  before.forget();
  Phone& after = *rig.phones.emplace_back(std::make_unique<Phone>(kElsewhere.withPort(7777), Rig::boxAddress(0)));
  after.toneHz = 700;
  after.ssrc = 0x1234;
  rig.runFor(2 * kSecond);
  CHECK(amplitude(after.pcm, 700, kSettled) > 10000);
  CHECK_EQUAL(before.heard.size(), size_t{0});
}

TEST("a far end that writes another address and sends from the old one is followed after a second") {
  Rig rig;
  Phone& natted = callWithPolicy(rig, "learn-once", kElsewhere);
  rig.runFor(kSecond);
  rig.ask("leg.update", kMoves);
  rig.runFor(1100 * kMillisecond);
  natted.forget();
  rig.runFor(2 * kSecond);
  CHECK(amplitude(natted.pcm, 440, kSettled) > 10000);
}

namespace {

std::string openAfter(const Address& former, const std::string& ssrc) {
  const std::string key = R"("former":{"host":")" + former.host() + R"(","port":)" + std::to_string(former.port()) + ssrc +
                          R"(,"dropMs":30000},)";
  return openWithPolicy("learn-once").replace(1, 0, key);
}

}  // namespace

TEST("who had the port before is not heard in the next call for 30 s, though its far end sends from elsewhere than it says") {
  for (const std::string ssrc : {std::string(), R"(,"ssrc":)" + std::to_string(0xabcd0000)}) {
    Rig rig;
    CHECK(rig.ask("leg.open", openAfter(kElsewhere, ssrc)).has("result"));
    Phone& ghost = *rig.phones.emplace_back(std::make_unique<Phone>(kElsewhere, Rig::boxAddress(0)));
    ghost.toneHz = 900;
    rig.runFor(kSecond);
    CHECK_NEAR(rig.stats(0).number("result.received.discarded"), 50, 1);
    Phone& natted = *rig.phones.emplace_back(std::make_unique<Phone>(kElsewhere.withPort(7777), Rig::boxAddress(0)));
    natted.toneHz = 440;
    rig.runFor(2 * kSecond);
    CHECK(amplitude(natted.pcm, 440, kSettled) > 10000);
    CHECK(amplitude(natted.pcm, 900, kSettled) < kNothing);
    CHECK_EQUAL(ghost.heard.size(), size_t{0});
  }
}

TEST("a new stream from where the former far end was is that of the new one, and so is what comes after 30 s") {
  for (const bool another : {true, false}) {
    Rig rig;
    CHECK(rig.ask("leg.open", openAfter(kElsewhere, R"(,"ssrc":7)")).has("result"));
    Phone& phone = *rig.phones.emplace_back(std::make_unique<Phone>(kElsewhere, Rig::boxAddress(0)));
    phone.ssrc = another ? 8 : 7;
    rig.runFor(29 * kSecond);
    CHECK_EQUAL(phone.heard.empty(), !another);
    rig.runFor(2 * kSecond);
    CHECK(!phone.heard.empty());
  }
}

TEST("the address that was signalled is believed whenever it is heard") {
  Rig rig;
  Phone& wrong = callWithPolicy(rig, "learn-once", kElsewhere);
  rig.runFor(kSecond);
  Phone& right = *rig.phones.emplace_back(std::make_unique<Phone>(Rig::phoneAddress(0), Rig::boxAddress(0)));
  right.toneHz = 700;
  right.ssrc = 0x1234;
  rig.runFor(100 * kMillisecond);
  wrong.forget();
  rig.runFor(2 * kSecond);
  CHECK_EQUAL(wrong.heard.size(), size_t{0});
  CHECK(amplitude(right.pcm, 700, kSettled) > 10000);
}

TEST("malformed packets are counted and do no harm") {
  Rig rig;
  Phone& phone = callWithPolicy(rig, "signalled", Rig::phoneAddress(0));
  rig.runFor(kSecond);
  const double before = rig.stats(0).number("result.received.discarded");
  for (const std::vector<uint8_t>& bytes : std::vector<std::vector<uint8_t>>{
           {}, {0x80}, {0x00, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1}, {0x9f, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0},
           {0xa0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0xff}, {0x80, 200, 0, 9, 1, 2, 3, 4}}) {
    deliver(rig, phone.self, phone.box, bytes);
  }
  rig.runFor(kSecond);
  CHECK_EQUAL(rig.stats(0).number("result.received.discarded") - before, 6.0);
  CHECK_EQUAL(rig.stats(0).number("result.received.lost"), 0.0);
  CHECK(amplitude(phone.pcm, 440, kSettled) > 10000);
}

TEST("packets for a leg without a remote are thrown away, and it starts clean when its far end is known") {
  Rig rig;
  CHECK(rig.ask("leg.open", R"({"leg":"leg0","local":{"host":"192.0.2.1","rtpPort":10000,"rtcpPort":10001}})").has("result"));
  Phone& phone = *rig.phones.emplace_back(std::make_unique<Phone>(Rig::phoneAddress(0), Rig::boxAddress(0)));
  phone.toneHz = 440;
  rig.runFor(2 * kSecond);
  CHECK_EQUAL(phone.heard.size(), size_t{0});
  std::string params = Rig::openParams(0, kEcho);
  const size_t local = params.find("\"local\"");
  params.erase(local, params.find("\"remote\"") - local);
  CHECK(rig.ask("leg.update", params).has("result"));
  rig.runFor(2 * kSecond);
  CHECK(amplitude(phone.pcm, 440, kSettled) > 10000);
  CHECK(rig.stats(0).number("result.delayAddedMs.max") < 50);
}

TEST("a report of the far end gives round trip, loss and jitter; ours carries theirs back") {
  Rig rig;
  Phone& phone = rig.call(kEcho, 440);
  phone.lost = [](uint16_t n) { return n % 4 == 3; };
  rig.runFor(2 * kSecond);
  if (!CHECK(!phone.rtcp.empty())) return;
  const auto ours = parseRtcp({phone.rtcp.back().data(), phone.rtcp.back().size()});
  if (!CHECK(ours && ours->sender && ours->blockCount == 1)) return;
  CHECK_EQUAL(ours->ssrc, phone.heard.back().ssrc);
  CHECK_EQUAL(ours->blocks[0].ssrc, phone.ssrc);
  CHECK_NEAR(ours->blocks[0].fractionLost / 256.0, 0.25, 0.05);
  CHECK_NEAR(static_cast<double>(ours->sender->packets), static_cast<double>(phone.heard.size()), 60);

  // As if our report and this answer had spent 80 ms on the way, and the far end the rest of the time between.
  RtcpMessage answer;
  answer.ssrc = phone.ssrc;
  answer.cname = "phone";
  answer.sender = SenderInfo{ntpFromUnix(rig.clock.wall()), phone.timestamp, 10, 1600};
  ReportBlock block;
  block.ssrc = ours->ssrc;
  block.fractionLost = 64;
  block.jitter = 80;
  block.lastSenderReport = ntpMiddle(ours->sender->ntp);
  const uint64_t sentMiddle = ntpMiddle(ours->sender->ntp);
  const uint64_t nowMiddle = ntpMiddle(ntpFromUnix(rig.clock.wall()));
  block.delaySinceLastSenderReport = static_cast<uint32_t>(nowMiddle - sentMiddle) - ntpShort(80 * kMillisecond);
  answer.block = block;
  std::vector<uint8_t> bytes(kMaxRtcpBytes);
  bytes.resize(writeRtcp(bytes.data(), bytes.size(), answer));
  deliver(rig, phone.self.withPort(20001), phone.box.withPort(10001), bytes);
  phone.rtcp.clear();
  rig.runFor(8 * kSecond);
  const Json stats = rig.stats(0);
  CHECK_NEAR(stats.number("result.rtcp.roundTripMs"), 80, 2);
  CHECK_EQUAL(stats.number("result.rtcp.remoteLossRatio"), 0.25);
  CHECK_EQUAL(stats.number("result.rtcp.remoteJitterMs"), 10.0);
  CHECK_EQUAL(stats.number("result.rtcp.received"), 1.0);
  if (!CHECK(!phone.rtcp.empty())) return;
  const auto next = parseRtcp({phone.rtcp.back().data(), phone.rtcp.back().size()});
  CHECK(next && next->blocks[0].lastSenderReport == ntpMiddle(answer.sender->ntp));
}

TEST("reports come about every five seconds, and closing says goodbye") {
  Rig rig;
  Phone& phone = rig.call(kEcho, 440);
  rig.runFor(60 * kSecond);
  CHECK(phone.rtcp.size() >= 9 && phone.rtcp.size() <= 17);
  CHECK_EQUAL(rig.stats(0).number("result.rtcp.sent"), static_cast<double>(phone.rtcp.size()));
  phone.rtcp.clear();
  rig.ask("leg.close", R"({"leg":"leg0"})");
  if (!CHECK_EQUAL(phone.rtcp.size(), size_t{1})) return;
  const auto goodbye = parseRtcp({phone.rtcp[0].data(), phone.rtcp[0].size()});
  CHECK(goodbye && goodbye->bye);
}

TEST("RTCP multiplexed on the RTP port is taken and answered there") {
  Rig rig;
  std::string params = Rig::openParams(0, kEcho);
  const size_t at = params.find("20001");
  CHECK(rig.ask("leg.open", params.replace(at, 5, "20000")).has("result"));
  Phone& phone = *rig.phones.emplace_back(std::make_unique<Phone>(Rig::phoneAddress(0), Rig::boxAddress(0)));
  rig.runFor(2 * kSecond);
  CHECK(!phone.rtcp.empty());
  RtcpMessage report;
  report.ssrc = phone.ssrc;
  report.cname = "phone";
  std::vector<uint8_t> bytes(kMaxRtcpBytes);
  bytes.resize(writeRtcp(bytes.data(), bytes.size(), report));
  deliver(rig, phone.self, phone.box, bytes);
  deliver(rig, kElsewhere, phone.box, bytes);
  rig.runFor(100 * kMillisecond);
  CHECK_EQUAL(rig.stats(0).number("result.rtcp.received"), 1.0);
  CHECK_EQUAL(rig.stats(0).number("result.received.discarded"), 1.0);
}

int main() { return check::run(); }
