#pragma once
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "rtp/bytes.h"
#include "rtp/packet.h"
#include "srtp/srtp-receiver.h"
#include "srtp/srtp-sender.h"
#include "tests/check.h"

/** Keys and packets for tests of SRTP. */
namespace interconnect::srtp_test {

constexpr uint32_t kSsrc = 0x1234abcd;
constexpr size_t kPayloadBytes = 160;

using Packet = std::vector<uint8_t>;

/** A behaviour that every suite has. */
inline void inEverySuite(const std::function<void(const SrtpSuiteFacts&)>& behaviour) {
  for (const SrtpSuiteFacts& facts : kSrtpSuites) {
    const int before = check::failures();
    behaviour(facts);
    if (check::failures() != before) std::printf("  with %s\n", facts.name);
  }
}

/** Keys that differ in one letter. */
inline SrtpKey key(SrtpSuite suite, char letter = 'A', SrtpMki mki = {}) {
  const size_t length = (factsOf(suite).masterBytes() * 8 + 5) / 6;
  const auto parsed = SrtpKey::parse(suite, std::string(length - 1, 'q') + letter, mki);
  if (!CHECK(parsed.has_value())) std::exit(EXIT_FAILURE);
  return *parsed;
}

inline Packet plainRtp(uint16_t sequence, uint32_t ssrc = kSsrc) {
  Packet packet(kRtpHeaderBytes + kPayloadBytes, static_cast<uint8_t>(sequence));
  writeRtpHeader(packet.data(), {false, 0, sequence, sequence * 160u, ssrc, {}});
  return packet;
}

inline Packet protectRtp(SrtpSender& sender, Packet packet) {
  const size_t size = packet.size();
  packet.resize(size + kSrtpTrailerBytes);
  packet.resize(sender.protectRtp(packet.data(), size));
  return packet;
}

inline Packet protectedRtp(SrtpSender& sender, uint16_t sequence, uint32_t ssrc = kSsrc) {
  return protectRtp(sender, plainRtp(sequence, ssrc));
}

/** An empty receiver report. */
inline Packet plainRtcp(uint32_t ssrc = kSsrc) {
  Packet packet = {0x80, 201, 0, 1, 0, 0, 0, 0};
  write32(packet.data() + 4, ssrc);
  return packet;
}

inline Packet protectRtcp(SrtpSender& sender, Packet packet) {
  const size_t size = packet.size();
  packet.resize(size + kSrtpTrailerBytes);
  packet.resize(sender.protectRtcp(packet.data(), size));
  return packet;
}

inline Packet protectedRtcp(SrtpSender& sender, uint32_t ssrc = kSsrc) { return protectRtcp(sender, plainRtcp(ssrc)); }

struct Opening {
  SrtpVerdict verdict;
  Packet plain;
};

inline Opening opening(SrtpReceiver& receiver, const Packet& packet, bool rtcp = false) {
  std::array<uint8_t, 2048> room;
  const Span datagram{packet.data(), packet.size()};
  const auto opened = rtcp ? receiver.openRtcp(datagram, room.data(), room.size()) : receiver.openRtp(datagram, room.data(), room.size());
  if (opened.verdict != SrtpVerdict::Good) return {opened.verdict, {}};
  return {opened.verdict, Packet(opened.plain.data, opened.plain.data + opened.plain.size)};
}

inline SrtpVerdict open(SrtpReceiver& receiver, const Packet& packet, bool rtcp = false) { return opening(receiver, packet, rtcp).verdict; }

}  // namespace interconnect::srtp_test
