#include "rtp/rtcp.h"
#include "tests/engine-rig.h"

using namespace interconnect;
using namespace interconnect::rig;

namespace {

const Address kElsewhere = *Address::parse("203.0.113.9", 5555);

std::string openWith(const std::string& policy, const std::string& rtcpPort = "20001") {
  std::string params = Rig::openParams(0, kEcho);
  params.replace(params.find("signalled"), 9, policy);
  return params.replace(params.find("\"port\":20001") + 7, 5, rtcpPort);
}

Phone& call(Rig& rig, const std::string& params) {
  CHECK(rig.ask("leg.open", params).has("result"));
  Phone& phone = *rig.phones.emplace_back(std::make_unique<Phone>(Rig::phoneAddress(0), Rig::boxAddress(0)));
  phone.toneHz = 440;
  return phone;
}

/** Somebody who only watches what comes to one address. */
Phone& watcher(Rig& rig, const Address& at) {
  Phone& phone = *rig.phones.emplace_back(
      std::make_unique<Phone>(at.withPort(static_cast<uint16_t>(at.port() - 1)), Rig::boxAddress(9)));
  phone.sending = false;
  return phone;
}

void report(Rig& rig, const Address& from, uint32_t ssrc) {
  RtcpMessage message;
  message.ssrc = ssrc;
  message.cname = "phone";
  std::vector<uint8_t> bytes(kMaxRtcpBytes);
  bytes.resize(writeRtcp(bytes.data(), bytes.size(), message));
  rig.network.deliver(from, Rig::boxAddress(0).withPort(10001), {bytes.data(), bytes.size()});
  rig.runFor(1100 * kMillisecond);
}

double reports(Rig& rig) { return rig.stats(0).number("result.rtcp.received"); }

}  // namespace

TEST("reports go to the address and port that a=rtcp names, and come from there (RFC 3605)") {
  Rig rig;
  Phone& phone = call(rig, openWith("signalled", "24680"));
  Phone& there = watcher(rig, Rig::phoneAddress(0).withPort(24680));
  rig.runFor(20 * kSecond);
  CHECK(there.rtcp.size() >= 2);
  CHECK_EQUAL(phone.rtcp.size(), size_t{0});
  report(rig, Rig::phoneAddress(0).withPort(24680), phone.ssrc);
  CHECK_EQUAL(reports(rig), 1.0);
  report(rig, Rig::phoneAddress(0).withPort(20001), phone.ssrc);
  CHECK_EQUAL(reports(rig), 1.0);
}

TEST("RTCP that comes from another port of the far end than was signalled is taken and answered there") {
  Rig rig;
  Phone& phone = call(rig, openWith("learn-once"));
  rig.runFor(kSecond);
  const Address odd = Rig::phoneAddress(0).withPort(33333);
  Phone& there = watcher(rig, odd);
  report(rig, odd, phone.ssrc);
  CHECK_EQUAL(reports(rig), 1.0);
  phone.forget();
  rig.runFor(20 * kSecond);
  CHECK(there.rtcp.size() >= 2);
  CHECK_EQUAL(phone.rtcp.size(), size_t{0});
  // Learned once: the next one is a stranger.
  report(rig, Rig::phoneAddress(0).withPort(44444), phone.ssrc);
  CHECK_EQUAL(reports(rig), 1.0);
}

TEST("RTCP from another host than RTP is taken if it is of the same sender, and only after RTP") {
  Rig rig;
  Phone& phone = call(rig, openWith("learn-once"));
  phone.sending = false;
  report(rig, kElsewhere, phone.ssrc);
  CHECK_EQUAL(reports(rig), 0.0);
  phone.sending = true;
  rig.runFor(kSecond);
  report(rig, kElsewhere, 0x99999999);
  CHECK_EQUAL(reports(rig), 0.0);
  Phone& there = watcher(rig, kElsewhere);
  report(rig, kElsewhere, phone.ssrc);
  CHECK_EQUAL(reports(rig), 1.0);
  rig.runFor(20 * kSecond);
  CHECK(there.rtcp.size() >= 2);
}

TEST("RTCP of a far end that is followed is followed when it has been quiet for 10 s") {
  Rig rig;
  Phone& phone = call(rig, openWith("follow"));
  rig.runFor(kSecond);
  report(rig, Rig::phoneAddress(0).withPort(20001), phone.ssrc);
  const Address odd = Rig::phoneAddress(0).withPort(33333);
  report(rig, odd, phone.ssrc);
  CHECK_EQUAL(reports(rig), 1.0);
  rig.runFor(10 * kSecond);
  report(rig, odd, phone.ssrc);
  CHECK_EQUAL(reports(rig), 2.0);
}

TEST("over IPv6 a leg learns, follows and reports as it does over IPv4") {
  Rig rig;
  const auto box = *Address::parse("2001:db8::1", 10000);
  const auto signalled = *Address::parse("2001:db8:1::9", 20000);
  const auto natted = *Address::parse("2001:db8:2::7", 5000);
  const auto moved = *Address::parse("2001:db8:3::7", 6000);
  std::string params = openWith("follow");
  const auto replaceAll = [&](const std::string& what, const std::string& with) {
    for (size_t at = params.find(what); at != std::string::npos; at = params.find(what, at)) params.replace(at, what.size(), with);
  };
  replaceAll("192.0.2.1", "2001:db8::1");
  replaceAll("198.51.100.1", signalled.host());
  CHECK(rig.ask("leg.open", params).has("result"));
  Phone& phone = *rig.phones.emplace_back(std::make_unique<Phone>(natted, box));
  phone.toneHz = 440;
  for (const Address& at : {natted, moved}) {
    phone.self = at;
    rig.runFor(600 * kMillisecond);
    phone.forget();
    rig.runFor(10 * kSecond);
    CHECK(amplitude(phone.pcm, 440, kSettled) > 10000);
    CHECK(!phone.rtcp.empty());
    CHECK_EQUAL(rig.stats(0).string("result.received.from.host"), at.host());
  }
  // Nor are these learned over IPv6.
  for (const char* wrong : {"::1", "ff02::1", "::"}) {
    phone.self = *Address::parse(wrong, 7000);
    phone.forget();
    rig.runFor(6 * kSecond);
    CHECK_EQUAL(phone.heard.size(), size_t{0});
  }
}

int main() { return check::run(); }
