#pragma once
#include <array>
#include <map>

#include "tests/ice-box.h"
#include "video/rtcp-feedback.h"

/** A camera that sends its picture in three sizes at once to the box, and who looks on. */
namespace interconnect::rig {

constexpr size_t kLayers = 3;
constexpr uint8_t kRid = 5;
constexpr uint8_t kRepairedRid = 6;
constexpr Nanos kPicture = 40 * kMillisecond;
constexpr size_t kPayload = 1000;
inline const std::array<const char*, kLayers> kNames = {"q", "h", "f"};

inline const char* kReceiveLayers = R"(,"receiveVideo":{"codecs":[{"name":"VP8","payloadType":96,"retransmissionPayloadType":97}],"maxBitrate":2500000,"simulcast":{"rids":["q","h","f"],"ridExtension":5,"repairedRidExtension":6}})";

inline std::vector<uint8_t> named(uint8_t id, const std::string& rid) {
  std::vector<uint8_t> extension = {0xbe, 0xde, 0, 0, static_cast<uint8_t>(id << 4 | (rid.size() - 1))};
  extension.insert(extension.end(), rid.begin(), rid.end());
  while (extension.size() % 4 != 0) extension.push_back(0);
  extension[3] = static_cast<uint8_t>(extension.size() / 4 - 1);
  return extension;
}

/** 25 pictures a second of 1, 2 and 4 packets: 200, 400 and 800 kbit/s. Layers have nothing in common but their time. */
class LayeredCamera {
 public:
  explicit LayeredCamera(Browser& browser) : browser_(browser) {
    browser.onRtcp = [this](Span datagram) { feedback(datagram); };
    for (uint8_t i = 0; i < kLayers; i++) {
      Layer& layer = layers[i];
      layer.ssrc = 0xca000000u + i;
      layer.sequence = static_cast<uint16_t>(65'500 + 10 * i);
      layer.base = 0xffff0000u * (i + 1u);
      layer.picture = static_cast<uint16_t>(0x7ff0 + 5 * i);
      layer.levelZero = static_cast<uint8_t>(250 + i);
    }
  }

  void picture() {
    for (size_t i = 0; i < kLayers; i++) {
      if (layers[i].comes) send(i);
    }
    if (reports && count % 25 == 0) report();
    count++;
  }

  struct Layer {
    uint32_t ssrc;
    uint16_t sequence;
    uint32_t base;
    uint16_t picture;
    uint8_t levelZero;
    bool comes = true;
    bool mayMakeKeyFrames = true;
    bool keyFrameDue = true;
    size_t keyFramesAsked = 0;
    size_t repeats = 0;
    std::map<uint16_t, std::vector<uint8_t>> sent;
  };
  std::array<Layer, kLayers> layers;
  bool reports = true;
  bool namesAll = false;
  uint32_t count = 0;
  std::optional<uint64_t> bitrate;
  std::function<bool(size_t layer, uint16_t sequence)> lost = [](size_t, uint16_t) { return false; };

 private:
  void send(size_t i) {
    Layer& layer = layers[i];
    const bool key = layer.keyFrameDue && layer.mayMakeKeyFrames;
    if (key) layer.keyFrameDue = false;
    const size_t packets = size_t{1} << i;
    const auto width = static_cast<uint16_t>(160u << i);
    for (size_t k = 0; k < packets; k++) {
      std::vector<uint8_t> payload(kPayload, 0);
      const bool begins = k == 0;
      const std::vector<uint8_t> head = {static_cast<uint8_t>(begins ? 0x90 : 0x80), 0xe0, static_cast<uint8_t>(0x80 | layer.picture >> 8),
                                         static_cast<uint8_t>(layer.picture), layer.levelZero, 0x20,
                                         static_cast<uint8_t>(key && begins ? 0 : 1), 0, 0, 0x9d, 0x01, 0x2a, static_cast<uint8_t>(width),
                                         static_cast<uint8_t>(width >> 8), 120, 0};
      std::copy(head.begin(), head.end(), payload.begin());
      payload[20] = static_cast<uint8_t>(i);
      payload[21] = key ? 1 : 0;
      write32(payload.data() + 24, count);
      const RtpPacket packet{k + 1 == packets, 96, layer.sequence, time(layer), layer.ssrc, {payload.data(), payload.size()}};
      const bool says = namesAll || count < 50;
      if (!lost(i, layer.sequence)) browser_.sendRtp(packet, says ? named(kRid, kNames[i]) : std::vector<uint8_t>{});
      layer.sent[layer.sequence++] = payload;
    }
    layer.picture = (layer.picture + 1) & 0x7fff;
    layer.levelZero++;
  }

  uint32_t time(const Layer& layer) const { return layer.base + count * 3600; }

  void report() {
    for (const Layer& layer : layers) {
      RtcpMessage message;
      message.ssrc = layer.ssrc;
      message.sender = SenderInfo{(uint64_t{count} << 32) / 25 + (uint64_t{77} << 32), time(layer), 1, 1};
      std::vector<uint8_t> packet(kMaxRtcpBytes);
      packet.resize(writeRtcp(packet.data(), packet.size(), message));
      browser_.sendRtcp(packet);
    }
  }

  void feedback(Span datagram) {
    for (size_t i = 0; i < kLayers; i++) {
      Layer& layer = layers[i];
      const auto feedback = parseRtcpFeedback(datagram, layer.ssrc);
      if (!CHECK(feedback.has_value())) return;
      if (feedback->keyFrame) {
        layer.keyFramesAsked++;
        layer.keyFrameDue = true;
      }
      if (feedback->bitrate) bitrate = feedback->bitrate;
      for (size_t k = 0; k < feedback->lostCount; k++) {
        const uint16_t number = feedback->lost[k];
        if (!CHECK(layer.sent.count(number) == 1)) continue;
        std::vector<uint8_t> wrapped(2);
        write16(wrapped.data(), number);
        wrapped.insert(wrapped.end(), layer.sent[number].begin(), layer.sent[number].end());
        browser_.sendRtp({false, 97, repeatSequence_++, 0, layer.ssrc + 0x100, {wrapped.data(), wrapped.size()}}, named(kRepairedRid, kNames[i]));
        layer.repeats++;
      }
    }
  }

  Browser& browser_;
  uint16_t repeatSequence_ = 1;
};

struct Shown {
  size_t layer;
  bool key;
  uint32_t count;
  uint32_t timestamp;
  uint16_t picture;
  uint8_t levelZero;
};

class LayerViewer {
 public:
  LayerViewer(Browser& browser, uint32_t ssrc) : browser_(browser), ssrc_(ssrc) {
    browser.onRtp = [this](const RtpPacket& packet) { take(packet); };
    browser.loses = [this](Span d) { return !isRtcp(d) && d.size > kRtpHeaderBytes && read32(d.data + 8) == ssrc_ && lost(read16(d.data + 2)); };
  }

  void say(uint64_t bitrate) {
    std::vector<uint8_t> remb(24);
    writeBitrate(remb.data(), remb.size(), 77, ssrc_, bitrate);
    browser_.sendRtcp(remb);
  }
  void askAgain(const std::vector<uint16_t>& missing) {
    std::vector<uint8_t> nack(600);
    nack.resize(writeNack(nack.data(), nack.size(), 77, ssrc_, missing));
    browser_.sendRtcp(nack);
  }

  /** That nothing of it shows that there are layers: numbers of packets, pictures and levels without a gap, each picture 40 ms after the last. */
  void checkContinuity(uint32_t tolerance) const {
    for (size_t i = 1; i < sequences.size(); i++) CHECK_EQUAL(sequences[i], static_cast<uint16_t>(sequences[i - 1] + 1));
    std::optional<Shown> before;
    for (const Shown& shown : packets) {
      if (before && (shown.count != before->count || shown.layer != before->layer)) {
        CHECK_EQUAL(shown.picture, static_cast<uint16_t>((before->picture + 1) & 0x7fff));
        CHECK_EQUAL(shown.levelZero, static_cast<uint8_t>(before->levelZero + 1));
        const uint32_t step = shown.timestamp - before->timestamp;
        // The same picture again, in another size.
        if (shown.count == before->count) CHECK(step >= 90 && step <= 90 + 4 * tolerance);
        else CHECK_NEAR(static_cast<double>(step), 3600.0 * (shown.count - before->count), tolerance);
        if (shown.layer != before->layer) CHECK(shown.key);
      } else if (before) {
        CHECK(shown.picture == before->picture && shown.timestamp == before->timestamp);
      }
      before = shown;
    }
  }
  size_t layer() const { return packets.empty() ? kLayers : packets.back().layer; }
  size_t changes() const {
    size_t changes = 0;
    for (size_t i = 1; i < packets.size(); i++) changes += packets[i].layer != packets[i - 1].layer;
    return changes;
  }

  std::function<bool(uint16_t sequence)> lost = [](uint16_t) { return false; };
  std::vector<Shown> packets;
  std::vector<uint16_t> sequences;
  std::map<uint16_t, Shown> repeated;

 private:
  void take(const RtpPacket& packet) {
    const bool again = packet.payloadType == 121;
    if (!CHECK(again ? packet.ssrc == ssrc_ + 500 : packet.payloadType == 120 && packet.ssrc == ssrc_)) return;
    const Span payload = again ? Span{packet.payload.data + 2, packet.payload.size - 2} : packet.payload;
    if (!CHECK_EQUAL(payload.size, kPayload)) return;
    const uint8_t* p = payload.data;
    const Shown shown{p[20], p[21] == 1, read32(p + 24), packet.timestamp, static_cast<uint16_t>(read16(p + 2) & 0x7fff), p[4]};
    if (again) {
      repeated.emplace(read16(packet.payload.data), shown);
    } else {
      packets.push_back(shown);
      sequences.push_back(packet.sequence);
    }
  }

  Browser& browser_;
  const uint32_t ssrc_;
};

struct LayersScene {
  LayersScene() : source(open("recvonly", kReceiveLayers)), camera(source) {}

  Browser& open(const std::string& direction, const std::string& more) { return box.silentBrowser(direction, more); }
  LayerViewer& viewer(const std::string& more = "") {
    const size_t i = box.browsers.size();
    const std::string sees = R"(,"sees":"b0","sendVideo":{"codec":{"name":"VP8","payloadType":120,"retransmissionPayloadType":121},"ssrc":)" +
                             number(9000 + i) + R"(,"retransmissionSsrc":)" + number(9500 + i) + "}" + more;
    viewers.push_back(std::make_unique<LayerViewer>(open("sendonly", sees), static_cast<uint32_t>(9000 + i)));
    return *viewers.back();
  }
  void want(size_t viewer, const std::string& size) {
    const std::string leg = "b" + number(viewer);
    CHECK(box.ask("leg.update", R"({"leg":")" + leg + R"(","seesSize":)" + size + "}").has("result"));
  }
  void film(Nanos duration) {
    for (Nanos t = 0; t < duration; t += kPicture) {
      camera.picture();
      box.runFor(kPicture);
    }
  }
  /** A way of so many bit/s, as Chromium's estimate tells of it: at most half above what comes, 15 % below it where that is too much. */
  void filmThrough(LayerViewer& viewer, double way, Nanos duration, double& estimate) {
    constexpr std::array<double, kLayers> kRates = {200e3, 400e3, 800e3};
    for (Nanos t = 0; t < duration; t += kSecond) {
      film(kSecond);
      const double sent = kRates[viewer.layer()];
      if (sent > way) estimate = std::min(estimate, 0.85 * way);
      else estimate = std::min({1.08 * estimate, 1.5 * sent, way});
      viewer.say(static_cast<uint64_t>(estimate));
    }
  }

  IceBox box;
  Browser& source;
  LayeredCamera camera;
  std::vector<std::unique_ptr<LayerViewer>> viewers;
};

}  // namespace interconnect::rig
