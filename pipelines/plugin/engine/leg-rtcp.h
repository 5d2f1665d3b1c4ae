#pragma once
#include <optional>
#include <string>

#include "clock/clock.h"
#include "engine/far-end-reports.h"
#include "engine/leg-sender.h"
#include "engine/random-source.h"
#include "rtp/receive-statistics.h"
#include "rtp/rtcp.h"

namespace interconnect {

/** One leg's RTCP (RFC 3550 §6): our reports, and what the far end's say of us. */
class LegRtcp {
 public:
  LegRtcp(const Clock& clock, const RandomSource& random);

  /** A report is due; each answer of true needs a write() after it. */
  bool due(Nanos now) const { return now >= next_; }
  /**
   * Writes a compound packet (SR when we have sent since the last one, else RR; SDES; BYE on request) and plans the next.
   * @returns bytes
   */
  size_t write(uint8_t* out, size_t capacity, const LegSender& sender, ReceiveStatistics& statistics, bool bye);
  void wrote() { sent_++; }

  /** @returns what it says of what we send: the fraction lost; nothing when it says nothing of us */
  std::optional<double> received(const RtcpCompound& compound, Nanos arrival, const LegSender& sender, uint32_t ourClockRate,
                                 ReceiveStatistics& statistics);

  uint64_t receivedCount() const { return received_; }
  uint64_t sentCount() const { return sent_; }
  std::optional<double> roundTripMs() const { return roundTripMs_; }
  std::optional<double> remoteLossRatio() const { return remoteLossRatio_; }
  std::optional<double> remoteJitterMs() const { return remoteJitterMs_; }
  const FarEndReports& farEnd() const { return farEnd_; }

 private:
  Nanos spread(Nanos interval) const;

  const Clock& clock_;
  const RandomSource& random_;
  // RFC 7022: persistent for the leg, and tells nothing of the machine.
  const std::string cname_;
  Nanos next_;
  uint64_t reportedPackets_ = 0;
  uint64_t received_ = 0;
  uint64_t sent_ = 0;
  std::optional<double> roundTripMs_;
  std::optional<double> remoteLossRatio_;
  std::optional<double> remoteJitterMs_;
  FarEndReports farEnd_;
};

}  // namespace interconnect
