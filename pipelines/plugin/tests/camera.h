// A browser with a camera, others that see it, and the box between them.
#pragma once
#include <map>
#include <random>
#include <set>

#include "tests/ice-box.h"
#include "video/rtcp-feedback.h"

namespace interconnect::rig {

inline constexpr uint32_t kCamera = 0xca3e7a01;
inline constexpr uint32_t kCameraRepeats = 0xca3e7a02;

inline constexpr const char* kReceive = R"(,"receiveVideo":{"codecs":[{"name":"VP8","payloadType":96,"retransmissionPayloadType":97}],"maxBitrate":2500000})";

inline std::string sees(size_t viewer, const std::string& leg, bool repeats = true) {
  return R"(,"sees":)" + leg + R"(,"sendVideo":{"codec":{"name":"vp8","payloadType":120)" + (repeats ? R"(,"retransmissionPayloadType":121)" : "") +
         R"(},"ssrc":)" + number(9000 + viewer) + (repeats ? R"(,"retransmissionSsrc":)" + number(9500 + viewer) : "") + "}";
}

/** A camera: 25 pictures a second of 8 packets, whose payload says which it is. It answers NACKs by repeating. */
class Camera {
 public:
  explicit Camera(Browser& browser) : browser_(browser) {
    browser.onRtcp = [this](Span datagram) { feedback(datagram); };
  }

  void picture() {
    for (int i = 0; i < 8; i++) {
      const RtpPacket packet{i == 7, 96, sequence, timestamp, ssrc, {}};
      auto& payload = payloads[sequence];
      payload.assign(400, 0);
      write32(payload.data(), ++count);
      if (!lost(count)) send(packet, payload);
      sequence++;
    }
    timestamp += 3600;
  }

  uint32_t ssrc = kCamera;
  uint16_t sequence = 65530;
  uint32_t timestamp = 0xfffff000;
  uint32_t count = 0;
  std::function<bool(uint32_t count)> lost = [](uint32_t) { return false; };
  bool answersNacks = true;
  size_t keyFrames = 0;
  size_t repeats = 0;
  std::optional<uint64_t> bitrate;

 private:
  void send(RtpPacket packet, const std::vector<uint8_t>& payload) {
    packet.payload = {payload.data(), payload.size()};
    browser_.sendRtp(packet);
  }

  void feedback(Span datagram) {
    const auto feedback = parseRtcpFeedback(datagram, ssrc);
    if (!CHECK(feedback.has_value())) return;
    if (feedback->keyFrame) keyFrames++;
    if (feedback->bitrate) bitrate = feedback->bitrate;
    for (size_t i = 0; i < feedback->lostCount && answersNacks; i++) {
      const uint16_t number = feedback->lost[i];
      if (!CHECK(payloads.count(number) == 1)) continue;
      std::vector<uint8_t> wrapped(2);
      write16(wrapped.data(), number);
      wrapped.insert(wrapped.end(), payloads[number].begin(), payloads[number].end());
      send({false, 97, repeatSequence_++, timestamp, kCameraRepeats, {}}, wrapped);
      repeats++;
    }
  }

  Browser& browser_;
  std::map<uint16_t, std::vector<uint8_t>> payloads;
  uint16_t repeatSequence_ = 1;
};

/** Keeps what it is shown, may lose some of it, and asks again. */
class Viewer {
 public:
  Viewer(Browser& browser, uint32_t ssrc) : browser_(browser), ssrc_(ssrc) {
    browser.onRtp = [this](const RtpPacket& packet) { take(packet); };
    browser.loses = [this](Span d) { return !isRtcp(d) && d.size > kRtpHeaderBytes && read32(d.data + 8) == ssrc_ && lost(read16(d.data + 2)); };
  }

  void askAgain() {
    std::vector<uint16_t> missing;
    for (auto n = first_; n && *n != last_; n = static_cast<uint16_t>(*n + 1)) {
      if (got.count(*n) == 0) missing.push_back(*n);
    }
    if (missing.empty()) return;
    std::vector<uint8_t> nack(600);
    nack.resize(writeNack(nack.data(), nack.size(), 77, ssrc_, missing));
    browser_.sendRtcp(nack);
  }
  void askKeyFrame() {
    std::vector<uint8_t> pli(12);
    writePictureLoss(pli.data(), pli.size(), 77, ssrc_);
    browser_.sendRtcp(pli);
  }
  void say(uint64_t bitrate) {
    std::vector<uint8_t> remb(24);
    writeBitrate(remb.data(), remb.size(), 77, ssrc_, bitrate);
    browser_.sendRtcp(remb);
  }

  std::function<bool(uint16_t sequence)> lost = [](uint16_t) { return false; };
  /** By sequence number: which packet of the camera it is, and its time stamp. */
  std::map<uint16_t, std::pair<uint32_t, uint32_t>> got;
  std::set<uint32_t> counts;
  size_t duplicates = 0;
  size_t repeats = 0;
  size_t strange = 0;

 private:
  void take(const RtpPacket& packet) {
    if (packet.payloadType == 121) {
      repeats++;
      CHECK(packet.ssrc == ssrc_ + 500);
      return keep(read16(packet.payload.data), {packet.payload.data + 2, packet.payload.size - 2}, packet.timestamp);
    }
    if (packet.payloadType != 120 || packet.ssrc != ssrc_) {
      strange++;
      return;
    }
    if (!first_) first_ = packet.sequence;
    // What comes again is older.
    if (static_cast<int16_t>(packet.sequence - last_) > 0 || got.empty()) last_ = packet.sequence;
    keep(packet.sequence, packet.payload, packet.timestamp);
  }
  void keep(uint16_t sequence, Span payload, uint32_t timestamp) {
    if (!CHECK(payload.size == 400)) return;
    if (!got.emplace(sequence, std::pair(read32(payload.data), timestamp)).second) duplicates++;
    counts.insert(read32(payload.data));
  }

  Browser& browser_;
  const uint32_t ssrc_;
  std::optional<uint16_t> first_;
  uint16_t last_ = 0;
};

struct Scene {
  Scene() : source(open("recvonly", kReceive)), camera(source) {}

  Browser& open(const std::string& direction, const std::string& more) { return box.silentBrowser(direction, more); }
  Viewer& viewer(bool repeats = true) {
    const size_t i = box.browsers.size();
    viewers.push_back(std::make_unique<Viewer>(open("sendonly", sees(i, R"("b0")", repeats)), static_cast<uint32_t>(9000 + i)));
    return *viewers.back();
  }
  void film(Nanos duration) {
    for (Nanos t = 0; t < duration; t += 40 * kMillisecond) {
      camera.picture();
      box.runFor(40 * kMillisecond);
      for (const auto& v : viewers) v->askAgain();
    }
  }

  IceBox box;
  Browser& source;
  Camera camera;
  std::vector<std::unique_ptr<Viewer>> viewers;
};

}  // namespace interconnect::rig
