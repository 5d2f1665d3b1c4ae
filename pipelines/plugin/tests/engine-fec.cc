// Opus provides for loss only while the far end reports some.
#include <gst/gst.h>

#include "codec/opus-codec.h"
#include "engine/expected-loss.h"
#include "rtp/rtcp.h"
#include "tests/engine-rig.h"
#include "tests/synthetic.h"

using namespace interconnect;
using namespace interconnect::rig;

namespace {

constexpr size_t kPacket = 960;

std::string opusOf(int bitrate, bool fec) {
  return R"("send":{"name":"opus","payloadType":111,"clockRate":48000,"sampleRate":48000,"implementation":{"codec":"opus","complexity":5,)" +
         std::string(fec ? R"("fec":true,)" : "") + R"("bitrate":)" + std::to_string(bitrate) + "}}";
}

/** A leg that is sent Opus with what a G.711 phone says. */
struct Call {
  explicit Call(int bitrate, bool fec = true) : talker(rig.call(session("room"), 0)), listener(rig.call(session("room"), 0)) {
    CHECK(rig.ask("leg.update", R"({"leg":"leg1",)" + opusOf(bitrate, fec) + "}").has("result"));
    talker.sending = false;
    rig.runFor(100 * kMillisecond);
  }

  Rig rig;
  Phone& talker;
  Phone& listener;
  uint16_t sequence = 0;

  /** Lets the talker speak for ten seconds, and gives what the listener was sent of it. */
  std::vector<RtpPacket> speak() {
    const auto said = synthetic::speech(8000, 10, 120);
    listener.forget();
    for (size_t at = 0; at + 160 <= said.size(); at += 160) {
      std::vector<uint8_t> datagram(kRtpHeaderBytes + 160);
      writeRtpHeader(datagram.data(), {false, 0, sequence, static_cast<uint32_t>(sequence * 160), talker.ssrc, {}});
      sequence++;
      ulawEncode(said.data() + at, datagram.data() + kRtpHeaderBytes, 160);
      rig.network.deliver(talker.self, talker.box, {datagram.data(), datagram.size()});
      rig.runFor(20 * kMillisecond);
    }
    return listener.heard;
  }

  /** The listener's report of what it was sent. */
  void report(double lost) {
    RtcpMessage message;
    message.ssrc = listener.ssrc;
    message.cname = "phone";
    ReportBlock block{};
    block.ssrc = listener.heard.back().ssrc;
    block.fractionLost = static_cast<uint8_t>(lost * 256);
    block.highestSequence = listener.heard.back().sequence;
    message.block = block;
    std::vector<uint8_t> bytes(kMaxRtcpBytes);
    bytes.resize(writeRtcp(bytes.data(), bytes.size(), message));
    rig.network.deliver(listener.self.withPort(20003), listener.box.withPort(10003), {bytes.data(), bytes.size()});
    rig.runFor(2 * kSecond);
  }
};

/** How far every fifth packet, repaired from the one after it, lies above its difference from what it was, dB. */
double repairedBy(const std::vector<RtpPacket>& packets) {
  OpusPacketDecoder whole(48000);
  OpusPacketDecoder lossy(48000);
  std::vector<int16_t> right(kMaxPacketSamples);
  std::vector<int16_t> filled(kMaxPacketSamples);
  double signal = 0;
  double noise = 1;
  for (size_t i = 0; i + 1 < packets.size(); i++) {
    whole.decode(packets[i].payload, right.data(), right.size());
    if (i % 5 != 4) {
      lossy.decode(packets[i].payload, filled.data(), filled.size());
      continue;
    }
    CHECK_EQUAL(lossy.repair(packets[i + 1].payload, kPacket, filled.data(), filled.size()), kPacket);
    for (size_t k = 0; k < kPacket; k++) {
      signal += double{1} * right[k] * right[k];
      noise += std::pow(double{1} * right[k] - filled[k], 2);
    }
  }
  return 10 * std::log10(signal / noise);
}

}  // namespace

TEST("more loss is provided for at once, less after three calm reports") {
  ExpectedLoss expected;
  CHECK(!expected.reported(0.005));
  CHECK_EQUAL(expected.percent(), 0u);
  CHECK(expected.reported(0.03));
  CHECK_EQUAL(expected.percent(), 5u);
  CHECK(expected.reported(0.3));
  CHECK_EQUAL(expected.percent(), 20u);
  CHECK(!expected.reported(0));
  CHECK(!expected.reported(0.07));
  CHECK(expected.reported(0));
  CHECK_EQUAL(expected.percent(), 10u);
  CHECK(!expected.reported(0) && !expected.reported(0) && expected.reported(0));
  CHECK_EQUAL(expected.percent(), 0u);
}

TEST("calm reports count only in a row") {
  ExpectedLoss expected;
  expected.reported(0.2);
  for (int i = 0; i < 10; i++) {
    CHECK(!expected.reported(0) && !expected.reported(0));
    CHECK(!expected.reported(0.2));
  }
  CHECK_EQUAL(expected.percent(), 20u);
}

void providesOnlyForLoss(int bitrate) {
  Call call(bitrate);
  const double before = repairedBy(call.speak());
  call.report(0.2);
  const double lossy = repairedBy(call.speak());
  for (int i = 0; i < 3; i++) call.report(0);
  const double after = repairedBy(call.speak());
  std::printf("     repaired: %.1f dB before, %.1f dB while loss is reported, %.1f dB after\n", before, lossy, after);
  CHECK(lossy > before + 3);
  CHECK(after < lossy - 3);
}

/** The share of packets that only the transform has coded (RFC 6716 §3.1: configurations 16 to 31). */
double byTransform(const std::vector<RtpPacket>& packets) {
  size_t count = 0;
  for (const auto& packet : packets)
    if (packet.payload.data[0] >> 3 >= 16) count++;
  return static_cast<double>(count) / static_cast<double>(packets.size());
}

TEST("packets of Opus hold what was in the one before only while the far end reports loss") { providesOnlyForLoss(32000); }

TEST("with bits enough, too") { providesOnlyForLoss(48000); }

TEST("with bits enough the speech coder is left out until the far end reports loss that can be repaired, and after it") {
  Call call(48000);
  CHECK(byTransform(call.speak()) == 1);
  call.report(0.2);
  CHECK(byTransform(call.speak()) < 0.02);
  for (int i = 0; i < 3; i++) call.report(0);
  CHECK(byTransform(call.speak()) > 0.98);
  Call unrepaired(48000, false);
  unrepaired.speak();
  unrepaired.report(0.2);
  CHECK(byTransform(unrepaired.speak()) == 1);
}

int main(int count, char** values) {
  gst_init(&count, &values);
  return check::run();
}
