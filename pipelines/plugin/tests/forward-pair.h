#pragma once
#include <algorithm>

#include "codec/make-codec.h"
#include "engine/leg-receiver.h"
#include "tests/engine-rig.h"
#include "tests/synthetic.h"

namespace interconnect::rig {

struct PairCodec {
  CodecSpec spec;
  std::string json;
};

inline PairCodec pairPcmu() { return {{"PCMU", 0, 8000, 8000, Pcmu{}}, kPcmu}; }
inline PairCodec pairG722() {
  return {{"G722", 9, 8000, 16000, G722{}}, R"({"name":"G722","payloadType":9,"clockRate":8000,"sampleRate":16000,"implementation":"g722"})"};
}
inline PairCodec pairOpus() {
  return {{"opus", 111, 48000, 48000, OpusParameters{5, 48000}},
          R"({"name":"opus","payloadType":111,"clockRate":48000,"sampleRate":48000,)"
          R"("implementation":{"codec":"opus","complexity":5,"bitrate":48000}})"};
}

/** Two legs of one codec in a session: leg 0's far end talks, leg 1's listens (and says nothing, in packets). */
class ForwardPair {
 public:
  explicit ForwardPair(PairCodec of, int phaseMs = 3, const std::string& more = R"(,"forward":true)",
                       const std::string& recordings = "")
      : rig(recordings), codec(std::move(of)), phaseMs_(phaseMs) {
    for (int i = 0; i < 2; i++) {
      rig.call(session("pair"), 0, more).sending = false;
      encoders_[i] = makeEncoder(codec.spec);
      tell(i, R"("send":)" + codec.json + R"(,"receive":[)" + codec.json + "]");
    }
  }

  Rig rig;
  const PairCodec codec;
  /** What leg 0's far end says; silence when there is no more. */
  std::vector<int16_t> says;
  bool talks = true;
  /** Of leg 0's far end: whether the n-th packet is lost; how late it is, ms. */
  std::function<bool(size_t n)> lost = [](size_t) { return false; };
  std::function<int(size_t n)> late = [](size_t) { return 0; };

  void tell(int leg, const std::string& settings) {
    const Json answer = rig.ask("leg.update", R"({"leg":"leg)" + std::to_string(leg) + "\"," + settings + "}");
    if (!CHECK(answer.has("result"))) std::printf("  %s\n", answer.text().c_str());
  }

  void run(int ms) {
    for (; ms > 0; ms--, now_++) {
      if (now_ % 20 == phaseMs_ && talks) say();
      if (now_ % 20 == 11) sayNothing();
      for (auto& flying : flying_) {
        if (flying.at == now_) rig.network.deliver(talker().self, talker().box, {flying.bytes.data(), flying.bytes.size()});
      }
      flying_.erase(std::remove_if(flying_.begin(), flying_.end(), [&](const Flying& f) { return f.at <= now_; }), flying_.end());
      rig.runFor(kMillisecond);
    }
  }

  Phone& talker() { return *rig.phones[0]; }
  Phone& listener() { return *rig.phones[1]; }
  double forwarded(size_t i = 1) {
    const double n = rig.stats(i).number("result.sent.forwarded");
    return std::isnan(n) ? 0 : n;
  }
  size_t samplesSaid() const { return place_; }

  /** What the listener was sent, packet after packet, where no packet was lost. */
  std::vector<int16_t> decoded() {
    const auto decoder = makeDecoder(codec.spec);
    std::vector<int16_t> pcm;
    std::array<int16_t, kMaxPacketSamples> out;
    for (const RtpPacket& packet : listener().heard) {
      if (packet.payloadType != codec.spec.payloadType) continue;
      const size_t n = decoder->decode(packet.payload, out.data(), out.size());
      pcm.insert(pcm.end(), out.begin(), out.begin() + static_cast<ptrdiff_t>(n));
    }
    return pcm;
  }

  /** What is heard at its ear: through a jitter buffer and concealment, ticking at its own phase. */
  struct Ear {
    std::vector<int16_t> pcm;
    double concealedMs;
  };
  Ear ear(int phaseMs) {
    auto room = std::make_unique<Workspace>();
    LegReceiver receiver(*room);
    receiver.setCodecs({codec.spec});
    receiver.setListening(true);
    Ear ear{};
    const size_t samples = codec.spec.sampleRate / 50;
    const Phone& phone = listener();
    size_t next = 0;
    for (Nanos at = phone.heardAt.front() / kTickOf * kTickOf + phaseMs * kMillisecond; next < phone.heard.size(); at += kTickOf) {
      for (; next < phone.heard.size() && phone.heardAt[next] <= at; next++) receiver.put(phone.heard[next], phone.heardAt[next]);
      ear.pcm.resize(ear.pcm.size() + samples);
      receiver.pull(at, {ear.pcm.data() + ear.pcm.size() - samples, codec.spec.sampleRate});
    }
    ear.concealedMs = receiver.concealedMs();
    return ear;
  }

  /** One SSRC, every number once and in order, each packet stamped where the one before ends. */
  bool seamless(size_t from = 0) {
    const auto& heard = listener().heard;
    const auto step = static_cast<int32_t>(codec.spec.clockRate / 50);
    for (size_t i = from + 1; i < heard.size(); i++) {
      const bool next = heard[i].sequence == static_cast<uint16_t>(heard[i - 1].sequence + 1);
      const auto time = static_cast<int32_t>(heard[i].timestamp - heard[i - 1].timestamp);
      if (heard[i].ssrc == heard[0].ssrc && next && time == step) continue;
      std::printf("  packet %zu of %zu: %d after %d, %d units\n", i, heard.size(), heard[i].sequence, heard[i - 1].sequence, time);
      return false;
    }
    return true;
  }

 private:
  static constexpr Nanos kTickOf = 20 * kMillisecond;
  struct Flying {
    int64_t at;
    std::vector<uint8_t> bytes;
  };
  struct Packets final : PayloadSink {
    std::vector<uint8_t> bytes;
    void payload(Span payload, size_t) override { bytes.assign(payload.data, payload.data + payload.size); }
  };

  std::vector<uint8_t> packet(int i, const int16_t* pcm) {
    Packets payload;
    encoders_[i]->encode(pcm, codec.spec.sampleRate / 50, payload);
    std::vector<uint8_t> datagram(kRtpHeaderBytes + payload.bytes.size());
    Phone& phone = *rig.phones[static_cast<size_t>(i)];
    writeRtpHeader(datagram.data(), {phone.sequence == 0, codec.spec.payloadType, phone.sequence, phone.timestamp, phone.ssrc, {}});
    std::copy(payload.bytes.begin(), payload.bytes.end(), datagram.begin() + kRtpHeaderBytes);
    phone.sequence++;
    phone.timestamp += codec.spec.clockRate / 50;
    return datagram;
  }

  void say() {
    std::vector<int16_t> pcm(codec.spec.sampleRate / 50);
    for (int16_t& sample : pcm) sample = place_ < says.size() ? says[place_++] : int16_t{0};
    const size_t n = sent_++;
    auto datagram = packet(0, pcm.data());
    if (!lost(n)) flying_.push_back({now_ + late(n), std::move(datagram)});
  }

  void sayNothing() {
    const std::vector<int16_t> pcm(codec.spec.sampleRate / 50);
    const auto datagram = packet(1, pcm.data());
    rig.network.deliver(listener().self, listener().box, {datagram.data(), datagram.size()});
  }

  const int phaseMs_;
  std::unique_ptr<Encoder> encoders_[2];
  std::vector<Flying> flying_;
  int64_t now_ = 0;
  size_t place_ = 0;
  size_t sent_ = 0;
};

}  // namespace interconnect::rig
