#include <random>

#include "rtp/rtcp.h"
#include "tests/engine-rig.h"

using namespace interconnect;
using namespace interconnect::rig;

namespace {

Json quality(Rig& rig) { return rig.ask("legs.quality", "{}"); }
Json flow(Rig& rig) { return rig.ask("legs.flow", "{}"); }

double interval(const Json& json, const std::string& path, size_t leg = 0) {
  return json.number("result.legs." + std::to_string(leg) + ".interval." + path);
}
double call(const Json& json, const std::string& path, size_t leg = 0) {
  return json.number("result.legs." + std::to_string(leg) + ".call." + path);
}

/** Loss in states (Gilbert): `toBad` and `toGood` are the chances of a change with each packet; bad ones are lost. */
std::vector<bool> gilbert(size_t packets, double toBad, double toGood) {
  std::mt19937 random(11);
  std::uniform_real_distribution<double> uniform(0, 1);
  std::vector<bool> lost(packets);
  bool bad = false;
  for (size_t i = 1; i < packets; i++) {
    bad = bad ? uniform(random) >= toGood : uniform(random) < toBad;
    lost[i] = bad;
  }
  return lost;
}

/** What the far end says of us: an SR with `sent` packets of its own, and a block about `ssrc` when there is one. */
void report(Rig& rig, const Phone& phone, uint32_t sent, std::optional<ReportBlock> block) {
  std::array<uint8_t, kMaxRtcpBytes> out;
  RtcpMessage message;
  message.ssrc = phone.ssrc;
  message.sender = SenderInfo{0, 0, sent, sent * 160};
  message.block = block;
  const size_t size = writeRtcp(out.data(), out.size(), message);
  const auto port = [](const Address& a) { return a.withPort(static_cast<uint16_t>(a.port() + 1)); };
  rig.network.deliver(port(phone.self), port(phone.box), {out.data(), size});
  rig.runFor(kSecond + 40 * kMillisecond);
}

ReportBlock blockAbout(const Phone& phone, uint16_t highest, int32_t lost = 0) {
  ReportBlock block;
  block.ssrc = phone.heard.back().ssrc;
  block.highestSequence = highest;
  block.cumulativeLost = lost;
  return block;
}

}  // namespace

TEST("nothing is told of a leg that has measured nothing") {
  Rig rig;
  rig.call(kSilence, 0).sending = false;
  rig.runFor(20 * kMillisecond);
  const Json json = quality(rig);
  for (const char* path : {"received.codec", "received.packetMs", "received.lossRatio", "received.unplayedRatio", "received.burstRatio",
                           "received.burstMs", "received.gapMs", "received.jitterMs", "received.bufferMs", "received.delayAddedMs",
                           "received.levelDbov", "received.peakDbov", "received.clippedRatio", "received.silentRatio",
                           "sent.lossRatio", "sent.jitterMs", "roundTripMs"}) {
    CHECK(json.isNull(std::string("result.legs.0.interval.") + path));
    CHECK(json.isNull(std::string("result.legs.0.call.") + path));
  }
  CHECK_EQUAL(interval(json, "received.packets"), 0.0);
}

TEST("each interval tells of itself alone, and the call of all") {
  Rig rig;
  Phone& phone = rig.call(kEcho, 440);
  phone.lost = [](uint16_t n) { return n >= 300 && n < 500 && n % 10 == 0; };
  rig.runFor(5 * kSecond);
  const Json first = quality(rig);
  CHECK_NEAR(interval(first, "ms"), 5000, 1);
  CHECK_NEAR(interval(first, "received.packets"), 250, 1);
  CHECK_EQUAL(interval(first, "received.lost"), 0.0);
  CHECK_EQUAL(interval(first, "received.lossRatio"), 0.0);
  CHECK_EQUAL(first.string("result.legs.0.interval.received.codec"), std::string("PCMU"));
  CHECK_EQUAL(interval(first, "received.packetMs"), 20.0);

  rig.runFor(5 * kSecond);
  const Json second = quality(rig);
  CHECK_NEAR(interval(second, "received.expected"), 250, 1);
  CHECK_NEAR(interval(second, "received.lossRatio"), 0.08, 0.001);
  CHECK_NEAR(interval(second, "received.unplayedRatio"), 0.08, 0.005);
  // Lone losses, ten apart: one burst in RFC 3611's sense, while the losses themselves are less clustered than random ones.
  CHECK_NEAR(interval(second, "received.burstRatio"), 0.92, 0.01);
  CHECK_NEAR(interval(second, "received.burstMs"), 191 * 20, 41);
  CHECK_NEAR(interval(second, "received.concealedMs"), 400, 21);

  rig.runFor(5 * kSecond);
  const Json third = quality(rig);
  CHECK_EQUAL(interval(third, "received.lossRatio"), 0.0);
  CHECK(third.isNull("result.legs.0.interval.received.burstRatio"));
  CHECK_EQUAL(interval(third, "received.concealedMs"), 0.0);
  CHECK_NEAR(call(third, "ms"), 15000, 1);
  CHECK_NEAR(call(third, "received.lossRatio"), 20.0 / 750, 0.0005);
  CHECK_NEAR(call(third, "received.burstRatio"), 1 - 20.0 / 750, 0.005);
}

TEST("losses that come in bursts have the burst ratio that they were made with") {
  Rig rig;
  Phone& phone = rig.call(kEcho, 440);
  // Mean run 4; share 0.025 / (0.025 + 0.25): burst ratio 4 × (1 − share) = 3.64.
  const auto lost = gilbert(20000, 0.025, 0.25);
  phone.lost = [&](uint16_t n) { return lost[n]; };
  rig.runFor(300 * kSecond);
  const Json json = quality(rig);
  CHECK_NEAR(call(json, "received.lossRatio"), 0.091, 0.01);
  CHECK_NEAR(call(json, "received.burstRatio"), 3.64, 0.25);
}

TEST("packets that come too late to be played count as unplayed, not as lost") {
  Rig rig;
  Phone& phone = rig.call(kEcho, 440);
  rig.runFor(3 * kSecond);
  quality(rig);
  // The network keeps one packet back for 300 ms, now and then.
  phone.sending = false;
  std::vector<uint8_t> kept;
  const auto arrives = [&](const std::vector<uint8_t>& packet) { rig.network.deliver(phone.self, phone.box, {packet.data(), packet.size()}); };
  for (int i = 0; i < 300; i++) {
    const auto packet = phone.nextPacket();
    if (i % 30 == 15) kept = packet;
    else arrives(packet);
    if (i % 30 == 29) arrives(kept);
    rig.runFor(20 * kMillisecond);
  }
  const Json json = quality(rig);
  CHECK_EQUAL(interval(json, "received.lost"), 0.0);
  CHECK_EQUAL(interval(json, "received.late"), 10.0);
  CHECK_NEAR(interval(json, "received.unplayedRatio"), 10.0 / 300, 0.002);
}

TEST("digits among the audio are no losses") {
  Rig rig;
  Phone& phone = rig.call(kEcho, 440, std::string(R"(,"receiveTelephoneEvent":)") + kTelephoneEvent);
  rig.runFor(2 * kSecond);
  for (int digit = 0; digit < 5; digit++) {
    phone.payloadType = 101;
    rig.runFor(100 * kMillisecond);
    phone.payloadType = 0;
    rig.runFor(400 * kMillisecond);
  }
  rig.runFor(2 * kSecond);
  const Json json = quality(rig);
  CHECK_EQUAL(call(json, "received.lost"), 0.0);
  CHECK_EQUAL(call(json, "received.unplayedRatio"), 0.0);
}

TEST("hold loses nothing, and audio is measured again after it") {
  Rig rig;
  rig.call(kEcho, 440);
  rig.runFor(3 * kSecond);
  rig.ask("leg.update", R"({"leg":"leg0","direction":"sendonly"})");
  quality(rig);
  rig.runFor(5 * kSecond);
  const Json held = quality(rig);
  CHECK(flow(rig).number("result.legs.0.receives") == 0.0 && flow(rig).number("result.legs.0.sends") == 1.0);
  CHECK_NEAR(interval(held, "received.packets"), 250, 1);
  CHECK(held.isNull("result.legs.0.interval.received.bufferMs"));
  rig.ask("leg.update", R"({"leg":"leg0","direction":"sendrecv"})");
  rig.runFor(5 * kSecond);
  const Json back = quality(rig);
  CHECK_EQUAL(call(back, "received.unplayedRatio"), 0.0);
  CHECK(interval(back, "received.bufferMs") > 0);
}

TEST("level, peak and delay are those of the interval, jitter is what the network did") {
  Rig rig;
  Phone& phone = rig.call(kEcho, 440);
  rig.runFor(5 * kSecond);
  const Json tone = quality(rig);
  CHECK_NEAR(interval(tone, "received.levelDbov"), -12, 0.2);
  CHECK_NEAR(interval(tone, "received.peakDbov"), -9, 0.2);
  CHECK_EQUAL(interval(tone, "received.silentRatio"), 0.0);
  CHECK_EQUAL(interval(tone, "received.clippedRatio"), 0.0);
  CHECK_NEAR(interval(tone, "sent.levelDbov"), -12, 0.2);
  CHECK(interval(tone, "received.bufferMs") >= 2.5 && interval(tone, "received.bufferMs") <= 22.5);
  CHECK_NEAR(interval(tone, "received.delayAddedMs"), interval(tone, "received.bufferMs"), 0.01);
  CHECK_EQUAL(interval(tone, "received.jitterMs"), 0.0);
  phone.toneHz = 0;
  rig.runFor(kSecond);
  quality(rig);
  rig.runFor(5 * kSecond);
  const Json silent = quality(rig);
  CHECK_EQUAL(interval(silent, "received.silentRatio"), 1.0);
  CHECK(interval(silent, "received.levelDbov") < -60);
  CHECK_NEAR(call(silent, "received.silentRatio"), 6.0 / 11, 0.01);
  CHECK_NEAR(call(silent, "received.peakDbov"), -9, 0.2);
}

TEST("a talker who overdrives is seen by the share of his samples at the end of the range") {
  Rig rig;
  Phone& phone = rig.call(kSilence, 440);
  phone.sending = false;
  // A square wave: every second packet of full scale, the others at half of it.
  for (int i = 0; i < 100; i++) {
    std::vector<uint8_t> packet = phone.nextPacket();
    std::vector<int16_t> audio(160);
    for (size_t k = 0; k < audio.size(); k++) audio[k] = static_cast<int16_t>((k % 8 < 4 ? 1 : -1) * (i % 2 == 0 ? 32767 : 16000));
    ulawEncode(audio.data(), packet.data() + kRtpHeaderBytes, audio.size());
    rig.network.deliver(phone.self, phone.box, {packet.data(), packet.size()});
    rig.runFor(20 * kMillisecond);
  }
  const Json json = quality(rig);
  CHECK_NEAR(interval(json, "received.clippedRatio"), 0.5, 0.03);
  CHECK_NEAR(interval(json, "received.peakDbov"), -0.17, 0.02);
}

TEST("what the far end reports is our sent direction's loss, of each interval") {
  Rig rig;
  Phone& phone = rig.call(R"({"kind":"tone","frequencyHz":440,"levelDbov":-12})", 440);
  rig.runFor(5 * kSecond);
  const auto highest = [&] { return phone.heard.back().sequence; };
  report(rig, phone, phone.sequence, blockAbout(phone, highest(), 25));
  const Json first = quality(rig);
  CHECK_EQUAL(interval(first, "sent.reports"), 1.0);
  CHECK_NEAR(interval(first, "sent.lossRatio"), 0.1, 0.03);
  rig.runFor(4 * kSecond);
  report(rig, phone, phone.sequence, blockAbout(phone, highest(), 25));
  const Json second = quality(rig);
  CHECK_EQUAL(interval(second, "sent.lossRatio"), 0.0);
  CHECK_NEAR(call(second, "sent.lossRatio"), 0.05, 0.01);
  rig.runFor(kSecond);
  CHECK(quality(rig).isNull("result.legs.0.interval.sent.lossRatio"));
}

TEST("legs are told page by page, and a closing leg tells of its whole call") {
  Rig rig;
  for (int i = 0; i < 7; i++) rig.call(kEcho, 440);
  rig.runFor(2 * kSecond);
  const Json first = rig.ask("legs.quality", R"({"limit":5})");
  CHECK(first.has("result.legs.4") && !first.has("result.legs.5"));
  CHECK_EQUAL(first.number("result.more"), 1.0);
  const Json last = rig.ask("legs.quality", R"({"limit":5,"after":")" + first.string("result.legs.4.leg") + "\"}");
  CHECK_EQUAL(last.string("result.legs.0.leg"), std::string("leg5"));
  CHECK(last.has("result.legs.1") && !last.has("result.legs.2"));
  CHECK_EQUAL(last.number("result.more"), 0.0);
  CHECK(!rig.ask("legs.flow", R"({"after":"leg6"})").has("result.legs.0"));
  CHECK_EQUAL(rig.ask("legs.flow", R"({"limit":0})").string("error.code"), std::string("media.bad-request"));
  const Json closed = rig.ask("leg.close", R"({"leg":"leg3"})");
  CHECK_NEAR(closed.number("result.quality.received.packets"), 100, 1);
  CHECK_NEAR(closed.number("result.quality.received.levelDbov"), -12, 0.2);
  CHECK(!rig.stats(2).has("result.quality"));
}

TEST("flow shows when packets stop, and when only silence comes") {
  Rig rig;
  Phone& phone = rig.call(kEcho, 440);
  rig.runFor(2 * kSecond);
  CHECK(flow(rig).number("result.legs.0.sinceReceivedMs") < 21);
  CHECK(flow(rig).number("result.legs.0.sinceSoundMs") < 41);
  CHECK(flow(rig).number("result.legs.0.receives") == 1.0 && flow(rig).number("result.legs.0.sends") == 1.0);
  phone.toneHz = 0;
  phone.sending = false;
  rig.runFor(3 * kSecond);
  CHECK_NEAR(flow(rig).number("result.legs.0.sinceReceivedMs"), 3000, 30);
  CHECK_NEAR(flow(rig).number("result.legs.0.sinceSoundMs"), 3000, 250);
}

TEST("a far end that gets nothing is known by its report: by the number that it stays at, or as it speaks of us no more") {
  for (const bool vanishes : {false, true}) {
    Rig rig;
    Phone& phone = rig.call(R"({"kind":"tone","frequencyHz":440,"levelDbov":-12})", 440);
    rig.runFor(kSecond);
    const ReportBlock stuck = blockAbout(phone, phone.heard.back().sequence);
    report(rig, phone, 50, stuck);
    CHECK(flow(rig).isNull("result.legs.0.deafMs"));
    rig.runFor(4 * kSecond);
    const auto next = vanishes ? std::nullopt : std::optional(stuck);
    report(rig, phone, 250, next);
    if (vanishes) {
      CHECK(flow(rig).isNull("result.legs.0.deafMs"));
      rig.runFor(4 * kSecond);
      report(rig, phone, 500, next);
    }
    CHECK_NEAR(flow(rig).number("result.legs.0.deafMs"), vanishes ? 10100 : 6000, 1100);
    report(rig, phone, 550, blockAbout(phone, phone.heard.back().sequence));
    CHECK(flow(rig).isNull("result.legs.0.deafMs"));
  }
}

TEST("a phone whose reports never speak of us is not taken for one that hears nothing") {
  Rig rig;
  Phone& phone = rig.call(R"({"kind":"tone","frequencyHz":440,"levelDbov":-12})", 440);
  for (uint32_t i = 1; i < 6; i++) {
    rig.runFor(4 * kSecond);
    report(rig, phone, 250 * i, std::nullopt);
    CHECK(flow(rig).isNull("result.legs.0.deafMs"));
  }
}

TEST("a hold of ours is no deafness of the far end") {
  Rig rig;
  Phone& phone = rig.call(R"({"kind":"tone","frequencyHz":440,"levelDbov":-12})", 440);
  rig.runFor(3 * kSecond);
  rig.ask("leg.update", R"({"leg":"leg0","direction":"recvonly"})");
  rig.runFor(100 * kMillisecond);
  const auto block = blockAbout(phone, phone.heard.back().sequence);
  for (int i = 0; i < 4; i++) {
    rig.runFor(4 * kSecond);
    report(rig, phone, phone.sequence, block);
    CHECK(flow(rig).isNull("result.legs.0.deafMs"));
  }
}

TEST("packets that a far end sends and that do not come are told apart from those that it does not send") {
  Rig rig;
  Phone& phone = rig.call(kSilence, 440);
  CHECK(flow(rig).isNull("result.legs.0.missed"));
  rig.runFor(4 * kSecond);
  report(rig, phone, 200, std::nullopt);
  CHECK_NEAR(flow(rig).number("result.legs.0.missed"), 0, 2);
  phone.lost = [](uint16_t) { return true; };
  rig.runFor(4 * kSecond);
  report(rig, phone, 400, std::nullopt);
  CHECK_NEAR(flow(rig).number("result.legs.0.missed"), 150, 55);
  phone.sending = false;
  rig.runFor(4 * kSecond);
  report(rig, phone, 400, std::nullopt);
  CHECK_EQUAL(flow(rig).number("result.legs.0.missed"), 0.0);
}

TEST("five hundred legs take three pages of a bounded size") {
  Rig rig;
  for (int i = 0; i < 500; i++) rig.call(kSilence, 0).sending = false;
  rig.runFor(100 * kMillisecond);
  std::string after;
  int pages = 0;
  size_t legs = 0;
  for (bool more = true; more; pages++) {
    const Json page = rig.ask("legs.flow", after.empty() ? "{}" : R"({"after":")" + after + "\"}");
    CHECK(page.text().size() < 200 * 260);
    more = page.number("result.more") == 1.0;
    for (size_t i = 0; page.has("result.legs." + std::to_string(i)); i++, legs++) {
      after = page.string("result.legs." + std::to_string(i) + ".leg");
    }
  }
  CHECK_EQUAL(pages, 3);
  CHECK_EQUAL(legs, size_t{500});
}

int main() { return check::run(); }
