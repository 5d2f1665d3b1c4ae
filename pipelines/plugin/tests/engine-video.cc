// Video from one browser to others: forwarded as it came, mended on both ways, with key frames for whoever needs one.
#include "rtp/header-extension.h"
#include "tests/camera.h"

using namespace interconnect;
using namespace interconnect::rig;

TEST("each viewer is shown every packet once, under one SSRC and payload type of his own, in unbroken numbers") {
  Scene scene;
  Viewer& one = scene.viewer();
  Viewer& two = scene.viewer(false);
  scene.film(4 * kSecond);
  for (const Viewer* v : {&one, &two}) {
    CHECK_EQUAL(v->counts.size(), size_t{800});
    CHECK(v->duplicates == 0 && v->strange == 0 && v->repeats == 0);
  }
  CHECK(scene.source.unopened == 0);
  // Same pictures, same times: the camera's steps.
  std::set<uint32_t> times;
  for (const auto& [sequence, packet] : one.got) times.insert(packet.second);
  CHECK_EQUAL(times.size(), size_t{100});
  const Json stats = scene.box.stats(0);
  CHECK_EQUAL(stats.number("result.video.received.packets"), 800.0);
  CHECK_EQUAL(stats.number("result.video.received.lost"), 0.0);
  CHECK_EQUAL(scene.box.stats(1).number("result.video.sent.packets"), 800.0);
}

TEST("a viewer who comes has a key frame asked for; many at once ask twice a second at most") {
  Scene scene;
  scene.viewer();
  scene.film(kSecond);
  CHECK(scene.camera.keyFrames >= 1);
  const size_t before = scene.camera.keyFrames;
  Viewer& eager = scene.viewer();
  for (int i = 0; i < 50; i++) {
    eager.askKeyFrame();
    scene.film(40 * kMillisecond);
  }
  CHECK(scene.camera.keyFrames > before && scene.camera.keyFrames <= before + 6);
}

TEST("a viewer's first key frame is asked for when it can reach him, not while he still shakes hands") {
  Scene scene;
  scene.film(kSecond);
  const size_t before = scene.camera.keyFrames;
  const Json answer = scene.box.ask("leg.open", scene.box.openParams(1, kSilence, "sendonly", sees(1, R"("b0")")));
  CHECK(answer.has("result.ssrc"));
  Browser& late = scene.box.attach(0);
  Viewer viewer(late, 9001);
  scene.film(kSecond);
  CHECK_EQUAL(scene.camera.keyFrames, before);
  scene.box.connect(late);
  CHECK_EQUAL(scene.camera.keyFrames, before + 1);
  scene.film(kSecond);
  CHECK_EQUAL(scene.camera.keyFrames, before + 1);
  CHECK(viewer.counts.size() >= 200 && viewer.strange == 0);
  CHECK_EQUAL(scene.box.stats(1).number("result.video.sent.packets"), static_cast<double>(viewer.got.size()));
}

TEST("what the camera's way loses is asked for, comes again, and reaches the viewer in its place") {
  Scene scene;
  Viewer& v = scene.viewer();
  std::mt19937 random(5);
  scene.camera.lost = [&](uint32_t count) { return count > 8 && random() % 10 == 0; };
  scene.film(6 * kSecond);
  scene.camera.lost = [](uint32_t) { return false; };
  scene.film(kSecond);
  CHECK_EQUAL(v.counts.size(), size_t{1400});
  CHECK(v.duplicates == 0 && scene.camera.repeats > 80);
  CHECK(scene.box.stats(0).number("result.video.received.repaired") > 80);
}

TEST("what the viewer's way loses is sent again, where he knows retransmissions, without the camera hearing of it") {
  for (const bool repeats : {true, false}) {
    Scene scene;
    Viewer& v = scene.viewer(repeats);
    std::mt19937 random(5);
    std::set<uint16_t> dropped;
    // Each once: what comes again arrives.
    v.lost = [&](uint16_t sequence) { return random() % 10 == 0 && dropped.insert(sequence).second; };
    scene.film(6 * kSecond);
    CHECK(dropped.size() > 80);
    CHECK_EQUAL(v.duplicates, size_t{0});
    if (repeats) CHECK(v.counts.size() >= 1190 && v.repeats > 80);
    // A number is never used twice under one key: without retransmissions there is nothing to be had again.
    else CHECK(v.counts.size() == 1200 - dropped.size() && v.repeats == 0);
    CHECK_EQUAL(scene.camera.repeats, size_t{0});
  }
}

TEST("a hole that is never mended is given up, and ends in a key frame") {
  Scene scene;
  Viewer& v = scene.viewer();
  scene.film(kSecond);
  scene.camera.answersNacks = false;
  scene.camera.lost = [](uint32_t count) { return count == 250; };
  const size_t before = scene.camera.keyFrames;
  scene.film(2 * kSecond);
  CHECK(scene.camera.keyFrames > before);
  CHECK(v.counts.count(250) == 0 && v.counts.count(251) == 1);
}

TEST("a camera that begins anew goes on as the same stream, and the new one's packets come again too") {
  Scene scene;
  Viewer& v = scene.viewer();
  scene.film(kSecond);
  scene.camera.ssrc = 0x7777;
  scene.camera.sequence = 12;
  scene.camera.timestamp = 5;
  scene.film(2 * kSecond);
  CHECK(v.strange == 0 && v.duplicates == 0);
  // Of a stream that takes over the first packet is not believed.
  CHECK_EQUAL(v.counts.size(), size_t{599});
  bool forward = true;
  std::vector<std::pair<uint32_t, uint32_t>> byCount;
  for (const auto& [sequence, packet] : v.got) byCount.push_back(packet);
  std::sort(byCount.begin(), byCount.end());
  for (size_t i = 1; i < byCount.size(); i++) forward = forward && static_cast<int32_t>(byCount[i].second - byCount[i - 1].second) >= 0;
  CHECK(forward);
}

TEST("the camera is told the least of what its viewers can take, and never more than the configuration allows") {
  Scene scene;
  Viewer& one = scene.viewer();
  Viewer& two = scene.viewer();
  scene.film(2 * kSecond);
  CHECK(scene.camera.bitrate && *scene.camera.bitrate <= 2'500'000 && *scene.camera.bitrate > 2'400'000);
  // 640 kbit/s are sent: that says nothing of the way, which may well carry more.
  two.say(600'000);
  scene.film(2 * kSecond);
  CHECK(*scene.camera.bitrate > 2'400'000);
  one.say(9'000'000);
  two.say(300'000);
  scene.film(2 * kSecond);
  CHECK_NEAR(static_cast<double>(*scene.camera.bitrate), 300'000, 10);
  // Now it does.
  two.say(700'000);
  scene.film(2 * kSecond);
  CHECK_NEAR(static_cast<double>(*scene.camera.bitrate), 700'000, 10);
  scene.box.ask("leg.close", R"({"leg":"b2"})");
  scene.film(2 * kSecond);
  CHECK(*scene.camera.bitrate > 2'400'000);
}

TEST("a viewer goes over to another camera, which is seen while its sound is muted, or to none and back") {
  Scene scene;
  Viewer& v = scene.viewer();
  Browser& second = scene.open("recvonly", kReceive);
  Camera other(second);
  other.count = 100'000;
  scene.film(kSecond);
  scene.box.ask("leg.update", R"({"leg":"b1","sees":"b2"})");
  const size_t before = v.counts.size();
  for (int i = 0; i < 25; i++) {
    other.picture();
    scene.film(40 * kMillisecond);
  }
  CHECK_EQUAL(v.counts.size(), before + 200);
  CHECK(*v.counts.rbegin() > 100'000 && other.keyFrames >= 1);
  scene.box.ask("leg.update", R"({"leg":"b2","muted":true})");
  other.picture();
  scene.film(80 * kMillisecond);
  CHECK_EQUAL(v.counts.size(), before + 208);
  scene.box.ask("leg.update", R"({"leg":"b1","sees":null})");
  other.picture();
  scene.film(80 * kMillisecond);
  CHECK_EQUAL(v.counts.size(), before + 208);
  const size_t asked = other.keyFrames;
  scene.box.ask("leg.update", R"({"leg":"b1","sees":"b2"})");
  other.picture();
  scene.film(80 * kMillisecond);
  CHECK(v.counts.size() == before + 216 && other.keyFrames > asked);
  CHECK(v.strange == 0);
}

TEST("the camera leaves while it is seen, and the viewer before it, in whatever order") {
  Scene scene;
  scene.viewer();
  scene.viewer();
  scene.film(200 * kMillisecond);
  scene.box.ask("leg.close", R"({"leg":"b1"})");
  scene.box.ask("leg.close", R"({"leg":"b0"})");
  scene.box.runFor(kSecond);
  CHECK_EQUAL(scene.box.ask("leg.close", R"({"leg":"b2"})").has("result"), true);
}

TEST("a camera that counts its packets is told of each of them, retransmissions too, and no other camera is") {
  Scene scene;
  scene.viewer();
  Browser& counting = scene.open("recvonly", R"(,"receiveVideo":{"codecs":[{"name":"VP8","payloadType":96,"retransmissionPayloadType":97}],"maxBitrate":2500000,"transportSequenceExtension":5})");
  size_t told = 0;
  std::optional<uint16_t> next;
  counting.onRtcp = [&](Span d) {
    for (size_t at = 0; at + 20 <= d.size; at += size_t{4} * (read16(d.data + at + 2) + 1u)) {
      if (d.data[at] != 0x8f || d.data[at + 1] != 205) continue;
      CHECK(!next || read16(d.data + at + 12) == *next);
      CHECK_EQUAL(read32(d.data + at + 8), kCamera + 1);
      next = static_cast<uint16_t>(read16(d.data + at + 12) + read16(d.data + at + 14));
      told += read16(d.data + at + 14);
    }
  };
  size_t others = 0;
  scene.source.onRtcp = [&](Span d) { others += d.size >= 2 && d.data[0] == 0x8f; };
  const std::vector<uint8_t> payload(400);
  uint16_t transport = 65530;
  for (uint16_t i = 0; i < 100; i++) {
    const std::vector<uint8_t> extension = {0xbe, 0xde, 0, 1, 0x51, static_cast<uint8_t>(transport >> 8), static_cast<uint8_t>(transport), 0};
    transport++;
    // Each tenth is a retransmission.
    const bool again = i % 10 == 9;
    counting.sendRtp({true, static_cast<uint8_t>(again ? 97 : 96), i, i * 3600u, again ? kCameraRepeats : kCamera + 1, {payload.data(), payload.size()}}, extension);
    scene.film(40 * kMillisecond);
  }
  scene.box.runFor(100 * kMillisecond);
  CHECK_EQUAL(told, size_t{100});
  CHECK_EQUAL(others, size_t{0});
  CHECK_EQUAL(scene.box.stats(2).number("result.video.received.bytes"), 90.0 * 400);
}

TEST("a viewer that asks for it is told in each packet when it was sent") {
  Scene scene;
  Browser& looking = scene.open("sendonly", R"(,"sees":"b0","sendVideo":{"codec":{"name":"VP8","payloadType":120},"ssrc":9001,"absoluteSendTimeExtension":3})");
  std::vector<uint32_t> times;
  std::vector<Nanos> at;
  looking.loses = [&](Span d) {
    if (isRtcp(d) || d.size < kRtpHeaderBytes || read32(d.data + 8) != 9001) return false;
    const auto time = headerExtension(d, 3);
    if (CHECK(time && time->size == 3)) {
      times.push_back(static_cast<uint32_t>(time->data[0]) << 16 | read16(time->data + 1));
      at.push_back(scene.box.clock.now());
    }
    return false;
  };
  size_t seen = 0;
  looking.onRtp = [&](const RtpPacket& packet) { seen += packet.payload.size == 400; };
  scene.film(2 * kSecond);
  CHECK_EQUAL(seen, size_t{400});
  if (!CHECK_EQUAL(times.size(), size_t{400})) return;
  for (size_t i = 1; i < times.size(); i++) {
    const double seconds = ((times[i] - times[0]) & 0xffffff) / 262'144.0;
    CHECK_NEAR(seconds, static_cast<double>(at[i] - at[0]) / kSecond, 0.003);
  }
}

TEST("to see oneself, nobody, or something that is no video is refused") {
  Scene scene;
  const std::vector<std::string> refused = {
      R"("sees":"b0")", R"("sees":"nobody")", R"("sees":7)", R"("receiveVideo":{"codecs":[],"maxBitrate":100000})",
      R"("receiveVideo":{"codecs":[{"name":"VP8","payloadType":128}],"maxBitrate":100000})", R"("sendVideo":{"codec":{"name":"VP8","payloadType":96},"ssrc":0})"};
  for (const std::string& more : refused) {
    if (!CHECK(scene.box.ask("leg.update", R"({"leg":"b0",)" + more + "}").has("error.code"))) std::printf("  %s\n", more.c_str());
  }
}

int main() { return check::run(); }
