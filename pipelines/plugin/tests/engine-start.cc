// The first moments of a leg: what it says before its first tick, and what it does with packets that came too soon.
#include "tests/engine-rig.h"

using namespace interconnect;
using namespace interconnect::rig;

namespace {

/** A phone that is there before the leg is opened, so that it misses nothing. */
Phone& phoneFor(Rig& rig, size_t i) {
  rig.phones.push_back(std::make_unique<Phone>(Rig::phoneAddress(i), Rig::boxAddress(i)));
  rig.phones.back()->sending = false;
  return *rig.phones.back();
}

const std::string kOnlyPorts = R"({"leg":"leg0","local":{"host":"192.0.2.1","rtpPort":10000,"rtcpPort":10001}})";

/** All of openParams but the ports, as leg.update takes it. */
std::string updateParams() {
  const std::string all = Rig::openParams(0, kEcho);
  return R"({"leg":"leg0",)" + all.substr(all.find("\"remote\""));
}

}  // namespace

TEST("a leg that can send says so at once, and the first tick follows without a hole") {
  Rig rig;
  rig.runFor(3 * kMillisecond);
  Phone& phone = phoneFor(rig, 0);
  const Nanos openedAt = rig.clock.now();
  rig.ask("leg.open", Rig::openParams(0, kSilence));
  if (!CHECK_EQUAL(phone.heard.size(), size_t{1})) return;
  CHECK_EQUAL(phone.heardAt[0], openedAt);
  CHECK(phone.heard[0].marker);
  rig.runFor(50 * kMillisecond);
  if (!CHECK(phone.heard.size() >= 3)) return;
  const auto filled = static_cast<Nanos>(phone.heard[0].payload.size) * kSecond / 8000;
  CHECK_EQUAL(phone.heardAt[1] - openedAt, filled);
  CHECK_EQUAL(phone.heard[1].timestamp - phone.heard[0].timestamp, static_cast<uint32_t>(phone.heard[0].payload.size));
  CHECK_EQUAL(phone.heard[1].payload.size, size_t{160});
  CHECK(!phone.heard[1].marker);
  CHECK_EQUAL(phone.heard[2].timestamp - phone.heard[1].timestamp, 160u);
}

TEST("a leg that is told later whom to send to says so at that moment") {
  Rig rig;
  Phone& phone = phoneFor(rig, 0);
  rig.ask("leg.open", kOnlyPorts);
  rig.runFor(107 * kMillisecond);
  CHECK_EQUAL(phone.heard.size(), size_t{0});
  const Nanos answeredAt = rig.clock.now();
  rig.ask("leg.update", updateParams());
  rig.runFor(60 * kMillisecond);
  if (!CHECK(phone.heard.size() >= 3)) return;
  CHECK(phone.heardAt[0] - answeredAt <= 4 * kMillisecond);
  for (size_t i = 1; i < phone.heard.size(); i++) {
    const auto filled = static_cast<Nanos>(phone.heard[i].timestamp - phone.heard[i - 1].timestamp) * kSecond / 8000;
    CHECK_EQUAL(phone.heardAt[i] - phone.heardAt[i - 1], filled);
  }
}

TEST("a tick that is near is not announced") {
  Rig rig;
  Phone& phone = phoneFor(rig, 0);
  rig.ask("leg.open", Rig::openParams(0, kSilence));
  rig.runFor(kSecond);
  const Nanos last = phone.heardAt.back();
  rig.runFor(last + 18 * kMillisecond - rig.clock.now());
  // Another leg of the same phase joins 2 ms before the tick: its session is the first one's.
  Phone& second = phoneFor(rig, 1);
  rig.ask("leg.update", R"({"leg":"leg0","hears":)" + session("s") + "}");
  rig.ask("leg.open", Rig::openParams(1, session("s")));
  rig.runFor(30 * kMillisecond);
  for (const RtpPacket& packet : second.heard) CHECK(packet.payload.size >= 32);
}

TEST("packets that come between the answer and its settings are heard, early media is not") {
  Rig rig;
  Phone& phone = phoneFor(rig, 0);
  phone.toneHz = 440;
  rig.ask("leg.open", kOnlyPorts);
  const auto speak = [&] {
    const auto datagram = phone.nextPacket();
    rig.network.deliver(phone.self, phone.box, {datagram.data(), datagram.size()});
    rig.runFor(20 * kMillisecond);
  };
  for (int i = 0; i < 50; i++) speak();  // a second of early media
  rig.ask("leg.update", updateParams());
  rig.runFor(20 * kMillisecond);
  CHECK_EQUAL(rig.stats(0).number("result.received.packets"), 2.0);
  CHECK_EQUAL(rig.stats(0).number("result.received.discarded"), 0.0);
  CHECK_EQUAL(rig.events("leg.rtp-started").size(), size_t{1});
  for (int i = 0; i < 50; i++) speak();
  CHECK_EQUAL(rig.stats(0).number("result.received.lost"), 0.0);
}

int main() { return check::run(); }
