#include "engine/lateness.h"
#include "tests/engine-rig.h"

using namespace interconnect;
using namespace interconnect::rig;

namespace {

/** The loop stands still while time and packets go on. */
void stall(Rig& rig, Nanos duration) {
  const Nanos end = rig.clock.now() + duration;
  for (; rig.clock.now() < end; rig.clock.moveTo(rig.clock.now() + 20 * kMillisecond)) {
    for (const auto& phone : rig.phones) {
      const auto datagram = phone->nextPacket();
      rig.network.deliver(phone->self, phone->box, {datagram.data(), datagram.size()});
    }
  }
}

}  // namespace

TEST("without legs nothing is due, with one leg something is every 20 ms") {
  Rig rig;
  CHECK(!rig.engine.next().has_value());
  rig.call(kSilence, 0);
  for (int i = 0; i < 100; i++) {
    const Nanos due = *rig.engine.next();
    rig.clock.moveTo(due);
    rig.engine.run();
    CHECK_EQUAL(*rig.engine.next() - due, 20 * kMillisecond);
  }
  rig.ask("leg.close", R"({"leg":"leg0"})");
  CHECK(!rig.engine.next().has_value());
}

TEST("ten sessions take ten different phases") {
  Rig rig;
  for (int i = 0; i < 10; i++) rig.call(session("s" + std::to_string(i)), 0);
  const Nanos end = rig.clock.now() + kSecond;
  int wakes = 0;
  for (; rig.clock.now() < end; wakes++) {
    rig.clock.moveTo(*rig.engine.next());
    rig.engine.run();
  }
  CHECK_NEAR(wakes, 500, 1);
}

TEST("sessions of which nobody is sent anything share a phase, until somebody is") {
  Rig rig;
  for (int i = 0; i < 10; i++) {
    rig.call(session("s" + std::to_string(i)), 0);
    CHECK(rig.ask("leg.update", R"({"leg":"leg)" + std::to_string(i) + R"(","direction":"recvonly"})").has("result"));
  }
  const auto wakesOfASecond = [&] {
    const Nanos end = rig.clock.now() + kSecond;
    int wakes = 0;
    for (; rig.clock.now() < end; wakes++) {
      rig.clock.moveTo(*rig.engine.next());
      rig.engine.run();
    }
    return wakes;
  };
  CHECK_NEAR(wakesOfASecond(), 50, 1);
  CHECK(rig.ask("leg.update", R"({"leg":"leg3","direction":"sendrecv"})").has("result"));
  CHECK_NEAR(wakesOfASecond(), 100, 1);
  CHECK(rig.ask("leg.close", R"({"leg":"leg3"})").has("result"));
  CHECK_NEAR(wakesOfASecond(), 50, 1);
}

TEST("a short stall is made up for, packet by packet") {
  Rig rig;
  Phone& phone = rig.call(kEcho, 440);
  rig.runFor(kSecond);
  const size_t before = phone.heard.size();
  stall(rig, 40 * kMillisecond);
  rig.runFor(kSecond);
  CHECK_NEAR(static_cast<double>(phone.heard.size() - before), 52, 1);
  CHECK_EQUAL(rig.ask("ping", "{}").number("result.skippedTicks"), 0.0);
}

TEST("after a long stall three ticks are caught up, the rest is left out and counted, and time stamps show it") {
  Rig rig;
  Phone& phone = rig.call(kEcho, 440);
  rig.runFor(kSecond);
  const size_t before = phone.heard.size();
  const uint32_t timestampBefore = phone.heard.back().timestamp;
  const Nanos heardBefore = phone.heardAt.back();
  stall(rig, kSecond);
  rig.engine.run();
  CHECK_EQUAL(phone.heard.size() - before, size_t{3});
  const Json load = rig.ask("ping", "{}");
  CHECK_NEAR(load.number("result.skippedTicks"), 47, 1);
  CHECK(load.number("result.tickLateUsMax") >= 40'000);
  CHECK(phone.heard[before].marker);
  CHECK(!phone.heard[before + 1].marker);
  CHECK_NEAR((phone.heard[before].timestamp - timestampBefore) / 8.0, 960, 21);
  rig.runFor(2 * kSecond);
  CHECK_NEAR((phone.heard.back().timestamp - timestampBefore) / 8.0,
             static_cast<double>(phone.heardAt.back() - heardBefore) / kMillisecond, 21);
  // What had piled up meanwhile is not played late for ever.
  CHECK(rig.stats(0).number("result.buffer.delayMs") < 60);
}

TEST("the load tells how late ticks were since the last ping only") {
  Rig rig;
  rig.call(kEcho, 440);
  rig.runFor(kSecond);
  stall(rig, 40 * kMillisecond);
  rig.engine.run();
  CHECK(rig.ask("ping", "{}").number("result.tickLateUsMax") >= 20'000);
  rig.runFor(kSecond);
  const Json load = rig.ask("ping", "{}");
  CHECK(load.number("result.tickLateUsMax") < 1'000);
  CHECK(load.number("result.tickLateUsP99") <= load.number("result.tickLateUsMax"));
}

TEST("a loop that is late again and again takes no new legs until it has recovered") {
  Rig rig;
  for (int i = 0; i < 4; i++) rig.call(session("s" + std::to_string(i)), 440);
  for (int i = 0; i < 30; i++) {
    stall(rig, 40 * kMillisecond);
    rig.runFor(40 * kMillisecond);
  }
  const Json refused = rig.ask("leg.open", Rig::openParams(9, kSilence));
  CHECK_EQUAL(refused.string("error.code"), std::string("media.overloaded"));
  rig.runFor(5 * kSecond);
  CHECK(rig.ask("leg.open", Rig::openParams(9, kSilence)).has("result"));
}

TEST("a histogram of lateness is right within its bins") {
  LatenessHistogram histogram;
  CHECK_EQUAL(histogram.p99(), Nanos{0});
  for (int i = 0; i < 990; i++) histogram.add(50 * kMicrosecond);
  for (int i = 0; i < 10; i++) histogram.add(5 * kMillisecond);
  CHECK_NEAR(static_cast<double>(histogram.p99()), 5.1e6, 1e5);
  CHECK_EQUAL(histogram.max(), 5 * kMillisecond);
  histogram.clear();
  for (const Nanos late : {Nanos{-5}, 15 * kMicrosecond, 999 * kMicrosecond, 2 * kMillisecond, 50 * kMillisecond, 900 * kMillisecond}) {
    LatenessHistogram one;
    one.add(late);
    CHECK_EQUAL(one.p99(), std::max<Nanos>(late, 0));
  }
}

TEST("ten minutes of a call keep delay and concealment where they were") {
  Rig rig;
  Phone& phone = rig.call(kEcho, 0);
  rig.runFor(600 * kSecond);
  const Json stats = rig.stats(0);
  CHECK_NEAR(static_cast<double>(phone.heard.size()), 30'000, 2);
  CHECK(stats.number("result.received.concealedMs") < 100);
  CHECK(stats.number("result.delayAddedMs.max") <= 25);
}

int main() { return check::run(); }
