#pragma once
#include <algorithm>

#include "tests/engine-rig.h"

namespace interconnect::rig {

/** L16 (RFC 3551 §4.5.11) by GStreamer's elements: sound as it is, at any rate. */
inline std::string l16(uint32_t rate, int payloadType = 96) {
  const std::string hz = std::to_string(rate);
  const std::string caps = "audio/x-raw,format=S16BE,layout=interleaved,channels=1,rate=" + hz;
  return R"({"name":"L16","payloadType":)" + std::to_string(payloadType) + R"(,"clockRate":)" + hz + R"(,"sampleRate":)" + hz +
         R"(,"implementation":{"decode":"audioconvert dithering=none","decodeCaps":")" + caps +
         R"(","encode":"audioconvert dithering=none ! capsfilter caps=)" + caps + "\"}}";
}

/** A far end that says and hears L16. */
class WidePhone {
 public:
  WidePhone(Rig& rig, const std::string& hears, uint32_t hz, double toneHz)
      : rate(hz), rig_(rig), index_(rig.phones.size()), phone_(rig.call(hears, 0)), tone_(hz, toneHz, -12.0) {
    phone_.sending = false;
    CHECK(rig.ask("leg.update", R"({"leg":")" + name() + R"(","send":)" + l16(rate) + R"(,"receive":[)" + l16(rate) + "]}").has("result"));
  }

  const uint32_t rate;
  std::string name() const { return "leg" + std::to_string(index_); }

  void say() {
    std::vector<int16_t> pcm(rate / 50);
    tone_.generate(pcm.data(), pcm.size());
    std::vector<uint8_t> datagram(kRtpHeaderBytes + pcm.size() * 2);
    writeRtpHeader(datagram.data(), {sequence_ == 0, 96, sequence_, timestamp_, 0x1000 + static_cast<uint32_t>(index_), {}});
    for (size_t i = 0; i < pcm.size(); i++) {
      datagram[kRtpHeaderBytes + 2 * i] = static_cast<uint8_t>(pcm[i] >> 8);
      datagram[kRtpHeaderBytes + 2 * i + 1] = static_cast<uint8_t>(pcm[i]);
    }
    sequence_++;
    timestamp_ += static_cast<uint32_t>(pcm.size());
    rig_.network.deliver(phone_.self, phone_.box, {datagram.data(), datagram.size()});
  }

  /** All that it heard since the last forget(). */
  std::vector<int16_t> heard() const {
    std::vector<int16_t> pcm;
    for (const RtpPacket& packet : phone_.heard) {
      if (packet.payloadType != 96) continue;
      for (size_t i = 0; i + 1 < packet.payload.size; i += 2) {
        pcm.push_back(static_cast<int16_t>(packet.payload.data[i] << 8 | packet.payload.data[i + 1]));
      }
    }
    return pcm;
  }
  void forget() { phone_.forget(); }

 private:
  Rig& rig_;
  const size_t index_;
  Phone& phone_;
  Tone tone_;
  uint16_t sequence_ = 0;
  uint32_t timestamp_ = 5000;
};

/** Amplitude of one frequency, after the first second. */
inline double loud(const std::vector<int16_t>& pcm, uint32_t rate, double hz) {
  double re = 0;
  double im = 0;
  for (size_t i = rate; i < pcm.size(); i++) {
    const double phase = 2 * M_PI * hz * static_cast<double>(i) / rate;
    re += pcm[i] * std::cos(phase);
    im += pcm[i] * std::sin(phase);
  }
  return pcm.size() <= rate ? 0 : 2 * std::hypot(re, im) / static_cast<double>(pcm.size() - rate);
}

}  // namespace interconnect::rig
