// Video that comes in several sizes at once: each viewer is sent one of them, another from a key frame on, as one stream.
#include "tests/layered-camera.h"

using namespace interconnect;
using namespace interconnect::rig;

namespace {

const char* kSmall = R"({"width":160,"height":120})";

}  // namespace

TEST("a viewer is sent the largest picture, or the smallest that is as large as he wants it, as one stream without a seam") {
  for (const bool reports : {true, false}) {
    LayersScene scene;
    scene.camera.reports = reports;
    LayerViewer& v = scene.viewer();
    scene.film(4 * kSecond);
    CHECK_EQUAL(v.layer(), size_t{2});
    CHECK(!v.packets.empty() && v.packets.front().key);
    scene.want(1, kSmall);
    scene.film(2 * kSecond);
    CHECK_EQUAL(v.layer(), size_t{0});
    scene.want(1, R"({"width":161,"height":90})");
    scene.film(2 * kSecond);
    CHECK_EQUAL(v.layer(), size_t{1});
    scene.want(1, "null");
    scene.film(2 * kSecond);
    CHECK_EQUAL(v.layer(), size_t{2});
    // Without reports it is as exact as packets come.
    v.checkContinuity(reports ? 1 : 900);
  }
}

TEST("a viewer may want a small picture from the first one on, while another is sent the large one") {
  LayersScene scene;
  LayerViewer& small = scene.viewer(std::string(R"(,"seesSize":)") + kSmall);
  LayerViewer& large = scene.viewer();
  scene.film(5 * kSecond);
  CHECK(small.layer() == 0 && small.changes() == 0);
  CHECK_EQUAL(large.layer(), size_t{2});
  small.checkContinuity(1);
}

TEST("the old picture is shown until a key frame of the new one comes, which is asked for twice a second at most") {
  LayersScene scene;
  LayerViewer& v = scene.viewer();
  scene.film(4 * kSecond);
  auto& layer = scene.camera.layers[0];
  layer.mayMakeKeyFrames = false;
  const size_t asked = layer.keyFramesAsked;
  const size_t before = v.packets.size();
  scene.want(1, kSmall);
  scene.film(3 * kSecond);
  CHECK(v.layer() == 2 && v.packets.size() == before + 300);
  CHECK(layer.keyFramesAsked >= asked + 4 && layer.keyFramesAsked <= asked + 7);
  layer.mayMakeKeyFrames = true;
  scene.film(kSecond);
  CHECK_EQUAL(v.layer(), size_t{0});
  v.checkContinuity(1);
}

TEST("who can take less is sent a smaller picture, and neither the camera nor anybody else has less of it") {
  LayersScene scene;
  LayerViewer& weak = scene.viewer();
  LayerViewer& strong = scene.viewer();
  scene.film(5 * kSecond);
  CHECK(weak.layer() == 2 && strong.layer() == 2);
  double estimate = 1.2e6;
  scene.filmThrough(weak, 300e3, 5 * kSecond, estimate);
  CHECK(weak.layer() == 0 && strong.layer() == 2);
  CHECK(scene.camera.bitrate && *scene.camera.bitrate > 2'400'000);
  weak.checkContinuity(1);
  CHECK_EQUAL(strong.changes(), weak.changes() - 1);
}

TEST("what a way carries is tried: ever more rarely in vain, and soon where it has become better") {
  LayersScene scene;
  LayerViewer& v = scene.viewer();
  scene.film(5 * kSecond);
  double estimate = 1.2e6;
  scene.filmThrough(v, 300e3, 10 * kSecond, estimate);
  const size_t before = v.changes();
  scene.filmThrough(v, 300e3, 2 * 60 * kSecond, estimate);
  // There and back.
  const size_t tried = v.changes() - before;
  CHECK(tried >= 4 && tried <= 12);
  size_t small = 0;
  for (auto shown = v.packets.end() - 600; shown != v.packets.end(); shown++) small += shown->layer == 0;
  CHECK(small > 400);
  scene.filmThrough(v, 2e6, 2 * 60 * kSecond, estimate);
  CHECK_EQUAL(v.layer(), size_t{2});
  const size_t settled = v.changes();
  scene.filmThrough(v, 2e6, 30 * kSecond, estimate);
  CHECK_EQUAL(v.changes(), settled);
  v.checkContinuity(1);
}

TEST("where the camera stops a size, the next smaller one is sent, and the larger one when it comes again") {
  LayersScene scene;
  LayerViewer& v = scene.viewer();
  scene.film(5 * kSecond);
  CHECK_EQUAL(v.layer(), size_t{2});
  scene.camera.layers[2].comes = false;
  scene.film(2 * kSecond);
  CHECK_EQUAL(v.layer(), size_t{1});
  scene.camera.layers[1].comes = false;
  scene.film(2 * kSecond);
  CHECK_EQUAL(v.layer(), size_t{0});
  for (auto& layer : scene.camera.layers) layer.comes = true;
  scene.film(5 * kSecond);
  CHECK_EQUAL(v.layer(), size_t{2});
  v.checkContinuity(2);
}

TEST("losses of each size are mended on the way here, and to the viewer also after he was sent another") {
  LayersScene scene;
  LayerViewer& v = scene.viewer();
  scene.film(5 * kSecond);
  scene.camera.lost = [&](size_t, uint16_t sequence) { return sequence % 25 == 3; };
  scene.film(2 * kSecond);
  scene.camera.lost = [](size_t, uint16_t) { return false; };
  scene.film(kSecond);
  size_t repeats = 0;
  for (const auto& layer : scene.camera.layers) repeats += layer.repeats;
  CHECK(repeats >= 12);
  CHECK(scene.box.stats(0).number("result.video.received.repaired") >= 12);
  std::map<uint32_t, size_t> pictures;
  for (const Shown& shown : v.packets) pictures[shown.count]++;
  for (uint32_t count = scene.camera.count - 60; count < scene.camera.count; count++) CHECK_EQUAL(pictures[count], size_t{4});
  scene.want(1, kSmall);
  scene.film(kSecond);
  std::optional<uint16_t> dropped;
  v.lost = [&](uint16_t sequence) { return !dropped && (dropped = sequence, true); };
  scene.film(80 * kMillisecond);
  if (!CHECK(dropped.has_value())) return;
  v.askAgain({*dropped});
  scene.film(80 * kMillisecond);
  if (!CHECK_EQUAL(v.repeated.count(*dropped), size_t{1})) return;
  const Shown& again = v.repeated.at(*dropped);
  const Shown& next = v.packets[v.packets.size() - 1];
  CHECK_EQUAL(again.layer, size_t{0});
  CHECK_EQUAL(static_cast<uint16_t>(next.picture - again.picture), static_cast<uint16_t>(next.count - again.count));
  CHECK_EQUAL(next.timestamp - again.timestamp, 3600 * (next.count - again.count));
}

TEST("streams that say no name, another's or one that was not agreed on change nothing for who looks on") {
  LayersScene scene;
  scene.camera.namesAll = true;
  LayerViewer& v = scene.viewer();
  scene.film(5 * kSecond);
  const size_t before = v.packets.size();
  const std::vector<uint8_t> payload(kPayload, 0);
  for (uint32_t i = 0; i < 3000; i++) {
    // Always another SSRC: of no name, of a strange one, of one that is cut, and as a retransmission.
    const RtpPacket packet{true, static_cast<uint8_t>(i % 4 == 3 ? 97 : 96), static_cast<uint16_t>(i), i, 0xbad00000u + i, {payload.data(), payload.size()}};
    scene.source.sendRtp(packet, i % 4 == 0 ? std::vector<uint8_t>{} : i % 4 == 1 ? named(kRid, "zz") : named(kRepairedRid, "xyz"));
    if (i % 30 == 0) scene.film(kPicture);
  }
  CHECK_EQUAL(v.packets.size(), before + 400);
  CHECK_EQUAL(v.layer(), size_t{2});
  v.checkContinuity(1);
  // One that takes a layer's name each time is not believed, and the layer is the camera's again with its next packet.
  for (uint32_t i = 0; i < 300; i++) {
    scene.source.sendRtp({true, 96, static_cast<uint16_t>(77 * i), i, 0xbae00000u + i, {payload.data(), payload.size()}}, named(kRid, "f"));
    if (i % 10 == 0) scene.film(kPicture);
  }
  scene.film(kSecond);
  CHECK_EQUAL(v.layer(), size_t{2});
  v.checkContinuity(1);
}

TEST("a publisher that comes to send one stream, and layers again, is seen") {
  LayersScene scene;
  LayerViewer& v = scene.viewer();
  scene.film(4 * kSecond);
  for (const char* receive : {R"("receiveVideo":{"codecs":[{"name":"VP8","payloadType":96}],"maxBitrate":2500000})", kReceiveLayers + 1}) {
    CHECK(scene.box.ask("leg.update", std::string(R"({"leg":"b0",)") + receive + "}").has("result"));
    for (size_t i = 0; i < kLayers; i++) scene.camera.layers[i].comes = i == 1 || receive == kReceiveLayers + 1;
    scene.camera.namesAll = true;
    const size_t before = v.packets.size();
    scene.film(4 * kSecond);
    CHECK(v.packets.size() >= before + 190);
  }
  CHECK_EQUAL(v.layer(), size_t{2});
  scene.box.ask("leg.update", R"({"leg":"b0","receiveVideo":null})");
  scene.film(200 * kMillisecond);
  CHECK(scene.box.ask("leg.close", R"({"leg":"b0"})").has("result"));
}

TEST("layers without a name or of too many, and sizes of nothing, are refused") {
  LayersScene scene;
  const auto receive = [](const std::string& simulcast) {
    return R"("receiveVideo":{"codecs":[{"name":"VP8","payloadType":96}],"maxBitrate":100000,"simulcast":)" + simulcast + "}";
  };
  const std::vector<std::string> refused = {
      receive(R"({"rids":[],"ridExtension":5})"), receive(R"({"rids":["a","b","c","d"],"ridExtension":5})"), receive(R"({"rids":["a"]})"),
      receive(R"({"rids":["a"],"ridExtension":0})"), receive(R"({"rids":["12345678901234567"],"ridExtension":5})"), receive("null"),
      R"("seesSize":{"width":0,"height":5})", R"("seesSize":{"width":5})", R"("seesSize":5)"};
  for (const std::string& more : refused) {
    if (!CHECK(scene.box.ask("leg.update", R"({"leg":"b0",)" + more + "}").has("error.code"))) std::printf("  %s\n", more.c_str());
  }
}

int main() { return check::run(); }
