#pragma once
#include <memory>
#include <string>
#include <vector>

#include "audio/tone.h"
#include "codec/make-codec.h"
#include "engine/leg-sender.h"
#include "tests/engine-rig.h"
#include "tests/matrix/codec-line.h"
#include "tests/matrix/impaired-link.h"

namespace interconnect::matrix {

/** How media is kept from others; "" is plain RTP. */
using Suite = std::string;

inline std::string inlineKey(const Suite& suite, char letter) {
  return std::string((factsOf(*srtpSuiteOf(suite)).masterBytes() * 8 + 5) / 6, letter);
}

/** A far end that speaks one codec: it says a tone into an impaired network, and decodes all that it is sent. */
class CodecPhone final : private PacketOutput {
 public:
  CodecPhone(rig::Rig& rig, const CodecLine& line, const Suite& suite, double toneHz, ImpairedLink link)
      : rig_(rig),
        index_(rig.phones.size()),
        phone_(rig.call(rig::session("room"), 0)),
        line_(line),
        tone_(line.send.sampleRate, toneHz, -12.0),
        link_(std::move(link)),
        random_(seededRandom(100 + index_)),
        sender_(workspace_, *this, random_),
        decoder_(makeDecoder(line.receive)) {
    phone_.sending = false;
    CHECK(rig.ask("leg.update", update(suite)).has("result"));
    sender_.setCodec(line.send);
    sender_.setPacketMs(line.packetMs);
    if (suite.empty()) return;
    const auto key = [&](char letter) { return *SrtpKey::parse(*srtpSuiteOf(suite), inlineKey(suite, letter)); };
    phone_.protector = std::make_unique<SrtpSender>(key('r'));
    phone_.opener = std::make_unique<SrtpReceiver>(key('s'));
  }

  /** Called every 20 ms. */
  void say() {
    std::vector<int16_t> pcm(line_.send.sampleRate / 50);
    tone_.generate(pcm.data(), pcm.size());
    sender_.tick({pcm.data(), line_.send.sampleRate});
  }

  /** Called every millisecond. */
  void deliver() {
    link_.arrive(rig_.clock.now(), [this](const std::vector<uint8_t>& datagram) {
      rig_.network.deliver(phone_.self, phone_.box, {datagram.data(), datagram.size()});
    });
  }

  uint32_t rate() const { return line_.receive.sampleRate; }
  rig::Json stats() { return rig_.stats(index_); }
  size_t unopened() const { return phone_.unopened; }

  /** All that it heard, decoded in the order of its coming: the way back loses nothing. */
  std::vector<int16_t> heard() {
    std::vector<int16_t> pcm;
    std::vector<int16_t> frame(kMaxPacketSamples);
    for (const RtpPacket& packet : phone_.heard) {
      if (packet.payloadType != line_.receive.payloadType) continue;
      const size_t n = decoder_->decode(packet.payload, frame.data(), frame.size());
      pcm.insert(pcm.end(), frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(n));
    }
    return pcm;
  }

 private:
  std::string update(const Suite& suite) const {
    std::string text = R"({"leg":"leg)" + std::to_string(index_) + "\"," + line_.text.substr(1);
    if (suite.empty()) return text;
    const auto key = [&](char letter) { return R"({"suite":")" + suite + R"(","key":")" + inlineKey(suite, letter) + "\"}"; };
    text.back() = ',';
    return text + R"("security":{"send":)" + key('s') + R"(,"receive":)" + key('r') + "}}";
  }

  bool send(uint8_t* datagram, size_t size) override {
    if (phone_.protector) size = phone_.protector->protectRtp(datagram, size);
    link_.send(rig_.clock.now(), {datagram, datagram + size});
    return true;
  }

  rig::Rig& rig_;
  const size_t index_;
  rig::Phone& phone_;
  const CodecLine& line_;
  Tone tone_;
  ImpairedLink link_;
  Workspace workspace_;
  RandomSource random_;
  LegSender sender_;
  std::unique_ptr<Decoder> decoder_;
};

}  // namespace interconnect::matrix
