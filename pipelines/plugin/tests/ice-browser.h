#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "audio/g711.h"
#include "audio/tone.h"
#include "dtls/association.h"
#include "dtls/record.h"
#include "net/simulated-network.h"
#include "rtp/bytes.h"
#include "rtp/packet.h"
#include "rtp/rtcp.h"
#include "srtp/srtp-receiver.h"
#include "srtp/srtp-sender.h"
#include "tests/check.h"
#include "tests/stun-request.h"

namespace interconnect::rig {

inline std::vector<uint8_t> frame(Span packet) {
  std::vector<uint8_t> framed(2 + packet.size);
  write16(framed.data(), static_cast<uint16_t>(packet.size));
  std::copy_n(packet.data, packet.size, framed.begin() + 2);
  return framed;
}

/** A browser's end of one peer connection: checks, DTLS as the client, then a tone in PCMU over SRTP; it keeps what it hears. */
class Browser final : private DatagramOutput {
 public:
  Browser(const DtlsContext& identity, SimulatedNetwork& network, const Clock& clock, const Address& self, const Address& box)
      : address(self), identity_(identity), network_(network), clock_(clock), box_(box) {}

  std::string username;
  std::string password;
  double toneHz = 0;
  /** May change: a browser that goes to another network. */
  Address address;
  std::vector<StunMessage> answers;
  /** Decoded, and how many packets it was. */
  std::vector<int16_t> pcm;
  size_t packets = 0;
  size_t unopened = 0;
  uint32_t ssrc = 0xb0b0;

  void check(bool nominates = true) { deliver(StunRequest::check(username, password, nominates)); }
  void deliver(const std::vector<uint8_t>& datagram) { send({datagram.data(), datagram.size()}); }
  /** Goes over to TCP, which may be over a connection made anew; its checks and media go there. */
  void connectByTcp() { tcp = network_.connect(address, box_); }
  /** Null: UDP. */
  std::shared_ptr<SimulatedConnection> tcp;
  /** Packets that came by TCP, and bytes of one that is not complete. */
  size_t framesByTcp = 0;
  size_t unreadByTcp() const { return begun_.size(); }

  void shakeHands(const Fingerprint& box) {
    DatagramOutput& output = *this;
    association = std::make_unique<DtlsAssociation>(identity_, DtlsTerms{DtlsRole::Client, {box}, ""}, output, clock_.now());
    association->start(clock_.now());
  }
  bool secured() const { return association && association->state() == DtlsAssociation::State::Secured; }

  /** What the box sent to this address. */
  void take(Span datagram) {
    if (isStun(datagram)) {
      if (const auto answer = parseStun(datagram); CHECK(answer.has_value())) answers.push_back(*answer);
      return;
    }
    if (isDtls(datagram)) {
      waiting_.emplace_back(datagram.data, datagram.data + datagram.size);
      return;
    }
    if (!loses(datagram)) takeMedia(datagram);
  }

  /** Every millisecond. */
  void turn() {
    if (tcp) readTcp();
    while (!waiting_.empty()) {
      const auto datagram = std::move(waiting_.front());
      waiting_.pop_front();
      if (association) association->received({datagram.data(), datagram.size()}, clock_.now());
    }
    if (association) association->tick(clock_.now());
    if (!secured()) return;
    if (!protector_) {
      protector_ = std::make_unique<SrtpSender>(association->keys().send);
      opener_ = std::make_unique<SrtpReceiver>(association->keys().receive);
    }
    if (toneHz > 0 && clock_.now() % (20 * kMillisecond) == 0) say();
  }

  /** Anything, under its keys. @param extension of the header (RFC 8285), with its first four bytes */
  void sendRtp(const RtpPacket& packet, const std::vector<uint8_t>& extension = {}) {
    const size_t size = kRtpHeaderBytes + extension.size() + packet.payload.size;
    std::vector<uint8_t> datagram(size + kSrtpTrailerBytes);
    writeRtpHeader(datagram.data(), packet);
    if (!extension.empty()) datagram[0] |= 0x10;
    const auto behind = std::copy(extension.begin(), extension.end(), datagram.begin() + kRtpHeaderBytes);
    std::copy_n(packet.payload.data, packet.payload.size, behind);
    datagram.resize(protector_->protectRtp(datagram.data(), size));
    deliver(datagram);
  }
  void sendRtcp(std::vector<uint8_t> packet) {
    const size_t size = packet.size();
    packet.resize(size + kSrtpTrailerBytes);
    packet.resize(protector_->protectRtcp(packet.data(), size));
    deliver(packet);
  }
  /** Takes what is not of payload type 0, and RTCP. */
  std::function<void(const RtpPacket&)> onRtp = [](const RtpPacket&) {};
  /** Which datagrams of media do not arrive. */
  std::function<bool(Span)> loses = [](Span) { return false; };
  std::function<void(Span)> onRtcp = [](Span) {};

  std::unique_ptr<DtlsAssociation> association;

 private:
  void send(Span datagram) override {
    if (!tcp) return (void)network_.deliver(address, box_, datagram);
    const auto framed = frame(datagram);
    tcp->write({framed.data(), framed.size()});
  }

  /** RFC 4571 by another hand than the box's. */
  void readTcp() {
    begun_.insert(begun_.end(), tcp->received.begin(), tcp->received.end());
    tcp->received.clear();
    while (begun_.size() >= 2) {
      const size_t length = size_t{begun_[0]} << 8 | begun_[1];
      if (begun_.size() < 2 + length) return;
      const std::vector<uint8_t> packet(begun_.begin() + 2, begun_.begin() + 2 + static_cast<std::ptrdiff_t>(length));
      begun_.erase(begun_.begin(), begun_.begin() + 2 + static_cast<std::ptrdiff_t>(length));
      framesByTcp++;
      take({packet.data(), packet.size()});
    }
  }

  void say() {
    constexpr size_t kSamples = 160;
    if (!tone_) tone_ = std::make_unique<Tone>(8000, toneHz, -12.0);
    std::array<int16_t, kSamples> audio;
    tone_->generate(audio.data(), kSamples);
    std::vector<uint8_t> datagram(kRtpHeaderBytes + kSamples + kSrtpTrailerBytes);
    writeRtpHeader(datagram.data(), {sequence_ == 0, 0, sequence_, sequence_ * uint32_t{kSamples}, ssrc, {}});
    ulawEncode(audio.data(), datagram.data() + kRtpHeaderBytes, kSamples);
    sequence_++;
    datagram.resize(protector_->protectRtp(datagram.data(), kRtpHeaderBytes + kSamples));
    deliver(datagram);
  }

  void takeMedia(Span datagram) {
    if (!opener_) {
      unopened++;
      return;
    }
    std::array<uint8_t, 2048> room;
    const bool rtcp = isRtcp(datagram);
    const auto opened = rtcp ? opener_->openRtcp(datagram, room.data(), room.size()) : opener_->openRtp(datagram, room.data(), room.size());
    if (opened.verdict != SrtpVerdict::Good) {
      unopened++;
      return;
    }
    if (rtcp) return onRtcp(opened.plain);
    const auto packet = parseRtp(opened.plain);
    if (!CHECK(packet.has_value())) return;
    if (packet->payloadType != 0) return onRtp(*packet);
    packets++;
    pcm.resize(pcm.size() + packet->payload.size);
    ulawDecode(packet->payload.data, pcm.data() + pcm.size() - packet->payload.size, packet->payload.size);
  }

  const DtlsContext& identity_;
  SimulatedNetwork& network_;
  const Clock& clock_;
  const Address box_;
  std::deque<std::vector<uint8_t>> waiting_;
  std::vector<uint8_t> begun_;
  std::unique_ptr<SrtpSender> protector_;
  std::unique_ptr<SrtpReceiver> opener_;
  std::unique_ptr<Tone> tone_;
  uint16_t sequence_ = 0;
};

}  // namespace interconnect::rig
