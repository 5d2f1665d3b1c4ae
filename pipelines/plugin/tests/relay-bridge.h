// Two phones that are given what the other sends, and what is to be seen of it.
#pragma once
#include <algorithm>

#include "tests/engine-rig.h"

namespace interconnect::rig {

inline Json hear(Rig& rig, size_t i, const std::string& hears, const std::string& more = "") {
  return rig.ask("leg.update", R"({"leg":"leg)" + std::to_string(i) + R"(","hears":)" + hears + more + "}");
}

/** Two phones, each given what the other sends. */
inline void bridge(Rig& rig, const std::string& more = "") {
  rig.call(kSilence, 400, more);
  rig.call(kSilence, 700, more);
  CHECK(hear(rig, 0, leg(1)).has("result"));
  CHECK(hear(rig, 1, leg(0)).has("result"));
}

inline void deliver(Rig& rig, const Phone& phone, const RtpPacket& packet) {
  std::vector<uint8_t> datagram(kRtpHeaderBytes + packet.payload.size);
  writeRtpHeader(datagram.data(), packet);
  std::copy_n(packet.payload.data, packet.payload.size, datagram.data() + kRtpHeaderBytes);
  rig.network.deliver(phone.self, phone.box, {datagram.data(), datagram.size()});
}

/** One stream without a step back: every number once and in order, time going on. */
inline bool continuous(const std::vector<RtpPacket>& heard, int maxStep = 1) {
  bool ok = true;
  for (size_t i = 1; i < heard.size(); i++) {
    const auto step = static_cast<int16_t>(heard[i].sequence - heard[i - 1].sequence);
    const auto time = static_cast<int32_t>(heard[i].timestamp - heard[i - 1].timestamp);
    ok = ok && heard[i].ssrc == heard[0].ssrc && step >= 1 && step <= maxStep && time > 0;
  }
  return ok;
}

/** How much further the time stamps of a stream went than the time itself, ms. */
inline double ahead(const Phone& phone) {
  const double stamps = (phone.heard.back().timestamp - phone.heard.front().timestamp) / 8.0;
  return stamps - static_cast<double>(phone.heardAt.back() - phone.heardAt.front()) / kMillisecond;
}

}  // namespace interconnect::rig
