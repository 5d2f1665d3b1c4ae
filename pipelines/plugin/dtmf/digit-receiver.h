#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "clock/nanos.h"
#include "dtmf/digit.h"
#include "dtmf/telephone-event.h"
#include "rtp/packet.h"

namespace interconnect {

/**
 * Makes digits of RFC 4733 packets: each one once, at its end, however often its packets are repeated, lost or out of
 * order. A digit whose end packets are all lost ends with the next event or after three packet times of silence.
 *
 *     receive(packet, now); tick(now) every 20 ms; while (auto digit = next()) …
 */
class DigitReceiver {
 public:
  explicit DigitReceiver(uint32_t clockRate) : clockRate_(clockRate) {}

  /** @param packet one of the payload type negotiated for telephone-event; what is not a DTMF event is ignored */
  void receive(const RtpPacket& packet, Nanos now);
  void tick(Nanos now);
  /** Whether audio of that time stamp lies within one of the last events, the open one included. */
  bool covers(uint32_t timestamp) const;
  std::optional<Digit> next();

  /** Another stream (SSRC) begins; an open digit is finished first. */
  void restart();

 private:
  enum class Relation { Same, Continues, New, Old };

  void receive(const TelephoneEvent& event, const RtpPacket& packet, Nanos now);
  Relation relate(const TelephoneEvent& event, const RtpPacket& packet) const;
  void open(const TelephoneEvent& event, const RtpPacket& packet, Nanos now);
  void grow(const TelephoneEvent& event, const RtpPacket& packet, Nanos now);
  void finish();

  static constexpr size_t kMaxWaiting = 16;
  /** More digits than lie in a jitter buffer. */
  static constexpr size_t kPast = 4;

  struct Past {
    uint32_t begin = 0;
    uint32_t length = 0;
  };

  const uint32_t clockRate_;
  std::array<Digit, kMaxWaiting> waiting_{};
  size_t waitingFirst_ = 0;
  size_t waitingCount_ = 0;

  bool known_ = false;
  bool open_ = false;
  uint8_t event_ = 0;
  uint32_t timestamp_ = 0;
  std::array<Past, kPast> past_{};
  size_t nextPast_ = 0;
  uint16_t sequence_ = 0;
  uint16_t duration_ = 0;
  /** Units of the segments before this one (RFC 4733 §2.5.1.3). */
  uint64_t earlier_ = 0;
  Nanos began_ = 0;
  Nanos lastPacket_ = 0;
  Nanos packetTime_ = 0;
};

}  // namespace interconnect
