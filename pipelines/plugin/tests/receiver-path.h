#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <random>
#include <vector>

#include "audio/g711.h"
#include "engine/leg-receiver.h"
#include "rtp/packet.h"

/** A sender of PCMU, a network and a leg's way in, as fast as it goes. */
namespace path {

using namespace interconnect;

constexpr uint32_t kRate = 8000;
constexpr Nanos kTick = 20 * kMillisecond;
using Samples = std::vector<int16_t>;

inline CodecSpec pcmu() { return {"PCMU", 0, kRate, kRate, Pcmu{}}; }
inline CodecSpec pcma() { return {"PCMA", 8, kRate, kRate, Pcma{}}; }

struct Sender {
  /** Writes the next samples of what is said. */
  std::function<void(int16_t* out, size_t n)> source;
  Nanos packetTime = 20 * kMillisecond;
  /** Its clock against ours; positive is faster. */
  double driftPpm = 0;
  uint32_t ssrc = 7;
  uint16_t sequence = 65500;
  uint32_t timestamp = 0xffffff00u;
  bool marker = true;
  /** 0 is PCMU, all else PCMA. */
  uint8_t payloadType = 0;
  /** When the next packet is sent. */
  Nanos at = 7 * kMillisecond;
};

class Path {
 public:
  explicit Path(std::function<void(int16_t*, size_t)> source) : receiver(workspace_), random(1) {
    sender.source = std::move(source);
    receiver.setCodecs({pcmu()});
    receiver.setListening(true);
  }
  /** What is said is `pcm`, then silence. */
  explicit Path(Samples pcm) : Path([pcm = std::move(pcm), next = size_t{0}](int16_t* out, size_t n) mutable {
    for (size_t i = 0; i < n; ++i) out[i] = next < pcm.size() ? pcm[next++] : int16_t{0};
  }) {}

  Sender sender;
  LegReceiver receiver;
  std::mt19937 random;
  Nanos now = 0;
  /** Delay of the next packet; nothing when it is lost. */
  std::function<std::optional<Nanos>()> delay = [] { return std::optional<Nanos>(0); };
  /** Changes what is written into each packet's header. */
  std::function<void(RtpPacket&)> alter = [](RtpPacket&) {};
  /** How often it arrives. */
  int copies = 1;
  /** Takes every frame heard. */
  std::function<void(const int16_t*, size_t)> listen = [this](const int16_t* pcm, size_t n) { heard.insert(heard.end(), pcm, pcm + n); };
  Samples heard;

  void run(Nanos length) {
    for (const Nanos end = now + length; now < end;) {
      now += kTick;
      while (sender.at <= now) send();
      arrive();
      int16_t frame[kRate / 50];
      receiver.pull(now, {frame, kRate});
      listen(frame, kRate / 50);
    }
  }

  /** We do nothing for a while; what comes waits in the socket. */
  void stall(Nanos length) { now += length; }

  /** The sender says nothing, and sends nothing, for a while. */
  void pause(Nanos length) {
    sender.at += length;
    sender.timestamp += static_cast<uint32_t>(nanosToUnits(length, kRate));
    sender.marker = true;
  }

 private:
  struct Flying {
    RtpPacket packet;
    std::vector<uint8_t> payload;
    Nanos arrival;
  };

  void send() {
    const auto n = static_cast<size_t>(nanosToUnits(sender.packetTime, kRate));
    int16_t pcm[kRate / 10];
    sender.source(pcm, n);
    if (const auto late = delay()) {
      Flying flying{{}, std::vector<uint8_t>(n), sender.at + *late};
      (sender.payloadType == 0 ? ulawEncode : alawEncode)(pcm, flying.payload.data(), n);
      flying.packet.payloadType = sender.payloadType;
      flying.packet.ssrc = sender.ssrc;
      flying.packet.sequence = sender.sequence;
      flying.packet.timestamp = sender.timestamp;
      flying.packet.marker = sender.marker;
      alter(flying.packet);
      for (int i = 0; i < copies; ++i) flying_.push_back(flying);
    }
    ++sender.sequence;
    sender.timestamp += static_cast<uint32_t>(n);
    sender.marker = false;
    sentExactly_ += static_cast<double>(sender.packetTime) / (1 + sender.driftPpm * 1e-6);
    const auto whole = static_cast<Nanos>(sentExactly_);
    sentExactly_ -= static_cast<double>(whole);
    sender.at += whole;
  }

  void arrive() {
    std::stable_sort(flying_.begin(), flying_.end(), [](const Flying& a, const Flying& b) { return a.arrival < b.arrival; });
    size_t arrived = 0;
    for (; arrived < flying_.size() && flying_[arrived].arrival <= now; ++arrived) {
      Flying& flying = flying_[arrived];
      flying.packet.payload = {flying.payload.data(), flying.payload.size()};
      receiver.put(flying.packet, flying.arrival);
    }
    flying_.erase(flying_.begin(), flying_.begin() + static_cast<std::ptrdiff_t>(arrived));
  }

  Workspace workspace_;
  std::vector<Flying> flying_;
  double sentExactly_ = 0;
};

inline Samples throughG711(const Samples& pcm) {
  std::vector<uint8_t> coded(pcm.size());
  Samples decoded(pcm.size());
  ulawEncode(pcm.data(), coded.data(), pcm.size());
  ulawDecode(coded.data(), decoded.data(), coded.size());
  return decoded;
}

}  // namespace path
