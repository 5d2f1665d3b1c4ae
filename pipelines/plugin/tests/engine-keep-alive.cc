#include "rtp/rtcp.h"
#include "tests/engine-rig.h"

using namespace interconnect;
using namespace interconnect::rig;

namespace {

constexpr const char* kEvery15s = R"(,"keepAliveMs":15000)";

std::string with(const std::string& direction, const std::string& more = kEvery15s) {
  return R"(,"direction":")" + direction + "\"" + more;
}

size_t count(const Phone& phone, uint8_t payloadType) {
  return static_cast<size_t>(std::count_if(phone.heard.begin(), phone.heard.end(),
                                           [&](const RtpPacket& packet) { return packet.payloadType == payloadType; }));
}

/** The RTP of a leg is one stream, without holes that a receiver would conceal. */
void checkStream(const Phone& phone) {
  for (size_t i = 1; i < phone.heard.size(); i++) {
    CHECK_EQUAL(static_cast<uint16_t>(phone.heard[i].sequence - phone.heard[i - 1].sequence), uint16_t{1});
    CHECK_EQUAL(phone.heard[i].ssrc, phone.heard[0].ssrc);
  }
}

}  // namespace

TEST("a leg that sends nothing opens its way at once and keeps it open every 15 s, with packets that hold no sound") {
  for (const char* direction : {"recvonly", "inactive"}) {
    Rig rig;
    Phone& phone = rig.call(kSilence, 440, with(direction));
    rig.runFor(200 * kMillisecond);
    CHECK_EQUAL(phone.heard.size(), size_t{1});
    rig.runFor(60 * kSecond);
    CHECK_EQUAL(phone.heard.size(), size_t{5});
    for (const RtpPacket& packet : phone.heard) {
      CHECK_EQUAL(packet.payloadType, uint8_t{20});
      CHECK_EQUAL(packet.payload.size, size_t{0});
    }
    // RTCP keeps its own port.
    CHECK(phone.rtcp.size() >= 9);
    checkStream(phone);
  }
}

TEST("without an interval a leg that sends nothing sends nothing") {
  Rig rig;
  Phone& phone = rig.call(kSilence, 440, with("recvonly", ""));
  rig.runFor(60 * kSecond);
  CHECK_EQUAL(phone.heard.size(), size_t{0});
}

TEST("a leg that sends audio sends nothing else") {
  Rig rig;
  Phone& phone = rig.call(kEcho, 440, with("sendrecv"));
  rig.runFor(40 * kSecond);
  CHECK(phone.heard.size() > 1990);
  CHECK_EQUAL(count(phone, 20), size_t{0});
}

TEST("held and taken back, the stream goes on where it was: one row of numbers, time stamps that went on, a marker") {
  Rig rig;
  Phone& phone = rig.call(kEcho, 440, with("sendrecv"));
  rig.runFor(2 * kSecond);
  rig.ask("leg.update", R"({"leg":"leg0","direction":"recvonly"})");
  rig.runFor(40 * kSecond);
  CHECK_EQUAL(count(phone, 20), size_t{2});
  const size_t before = phone.heard.size();
  const Nanos lastAt = phone.heardAt.back();
  rig.ask("leg.update", R"({"leg":"leg0","direction":"sendrecv"})");
  rig.runFor(2 * kSecond);
  checkStream(phone);
  const RtpPacket& again = phone.heard[before];
  CHECK(again.marker);
  const auto units = static_cast<int32_t>(again.timestamp - phone.heard[before - 1].timestamp);
  CHECK_NEAR(units, static_cast<double>(nanosToUnits(phone.heardAt[before] - lastAt, 8000)), 161);
}

TEST("a relay of nothing keeps its way open, and what it relays later joins on") {
  Rig rig;
  Phone& talker = rig.call(kSilence, 440);
  Phone& listener = rig.call(leg(0), 0, kEvery15s);
  talker.sending = false;
  rig.runFor(20 * kSecond);
  CHECK_EQUAL(count(listener, 20), size_t{2});
  talker.sending = true;
  rig.runFor(kSecond);
  talker.sending = false;
  rig.runFor(20 * kSecond);
  talker.sending = true;
  rig.runFor(2 * kSecond);
  CHECK_EQUAL(count(listener, 20), size_t{3});
  CHECK(count(listener, 0) >= 145);
  checkStream(listener);
}

TEST("where RTCP comes on the RTP port, it keeps that open") {
  Rig rig;
  std::string params = Rig::openParams(0, kSilence, with("recvonly"));
  params.replace(params.find("20001"), 5, "20000");
  CHECK(rig.ask("leg.open", params).has("result"));
  Phone& phone = *rig.phones.emplace_back(std::make_unique<Phone>(Rig::phoneAddress(0), Rig::boxAddress(0)));
  rig.runFor(60 * kSecond);
  CHECK_EQUAL(phone.heard.size(), size_t{0});
  CHECK(phone.rtcp.size() >= 9);
}

TEST("a far end at 0.0.0.0 is sent nothing, neither RTP nor RTCP nor goodbye, until it has an address again") {
  Rig rig;
  Phone& phone = rig.call(kEcho, 440, with("sendrecv"));
  rig.runFor(2 * kSecond);
  rig.ask("leg.update", R"({"leg":"leg0","remote":null})");
  phone.forget();
  rig.runFor(40 * kSecond);
  CHECK_EQUAL(phone.heard.size(), size_t{0});
  CHECK_EQUAL(phone.rtcp.size(), size_t{0});
  // It is heard all the same: music on hold.
  CHECK_EQUAL(rig.stats(0).number("result.received.discarded"), 0.0);
  rig.ask("leg.update",
          R"({"leg":"leg0","remote":{"rtp":{"host":"198.51.100.1","port":20000},"rtcp":{"host":"198.51.100.1","port":20001},"policy":"signalled"}})");
  rig.runFor(2 * kSecond);
  CHECK(amplitude(phone.pcm, 440, kSettled) > 10000);
  rig.ask("leg.update", R"({"leg":"leg0","remote":null})");
  phone.forget();
  rig.ask("leg.close", R"({"leg":"leg0"})");
  CHECK_EQUAL(phone.rtcp.size(), size_t{0});
}

int main() { return check::run(); }
