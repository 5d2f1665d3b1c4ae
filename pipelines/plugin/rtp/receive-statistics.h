#pragma once

#include <cstdint>
#include <optional>

#include "clock/nanos.h"
#include "rtp/packet.h"
#include "rtp/rtcp.h"
#include "rtp/sequence.h"

namespace interconnect {

/** What came in from one far end, over the whole call (RFC 3550 A.1, A.3, A.8). */
class ReceiveStatistics {
 public:
  explicit ReceiveStatistics(uint32_t clockRate) : clockRate_(clockRate) {}

  /** Jitter is measured in this unit from now on (the far end changed to a codec with another clock). */
  void setClockRate(uint32_t clockRate);

  /**
   * @param audio false for packets whose time stamp does not say when they were sent (telephone-event): they count,
   *   but do not take part in the jitter
   * @returns what the packet is to the stream
   */
  SequenceTracker::Verdict received(const RtpPacket& packet, Nanos arrival, bool audio = true);

  /** A sender report came: the next blocks carry its time. */
  void senderReport(uint64_t ntp, Nanos arrival);

  /** The block for our next report; starts a new interval for the fraction lost. Nothing before the first packet. */
  std::optional<ReportBlock> report(Nanos now);

  /** The last accepted packet's, cycles included (SequenceTracker::extended). */
  int64_t number() const { return sequence_.extended(); }
  uint64_t packets() const { return packets_; }
  /** RTP payload bytes. */
  uint64_t bytes() const { return bytes_; }
  uint64_t expected() const;
  /** Expected and not come so far; never negative, duplicates make up for nothing. */
  uint64_t lost() const;
  uint64_t duplicates() const { return duplicates_; }
  /** Packets that came after one with a higher number. */
  uint64_t reordered() const { return reordered_; }
  /** Packets of a jump or another SSRC that was not (yet) believed. */
  uint64_t suspects() const { return suspects_; }
  /** Times that the stream was taken up anew (SSRC change, jump). */
  uint64_t restarts() const { return restarts_; }
  /** Interarrival jitter; nothing before two packets. */
  std::optional<Nanos> jitter() const;
  std::optional<uint32_t> ssrc() const;
  std::optional<Nanos> lastArrival() const;
  /** Sum and number of the differences that A.8 smooths: their mean is the jitter of any stretch of the call. */
  Nanos jitterSum() const { return jitterSum_; }
  uint64_t jitterCount() const { return jitterCount_; }
  /** How far the last two packets in sequence are stamped apart; nothing before there were two. */
  std::optional<Nanos> packetTime() const;

 private:
  void restart();
  void count(const RtpPacket& packet);
  void measureJitter(const RtpPacket& packet, Nanos arrival);
  uint64_t expectedInStream() const;

  SequenceTracker sequence_;
  uint32_t clockRate_;
  bool started_ = false;

  uint64_t packets_ = 0;
  uint64_t bytes_ = 0;
  uint64_t duplicates_ = 0;
  uint64_t reordered_ = 0;
  uint64_t suspects_ = 0;
  uint64_t restarts_ = 0;

  // This stream; the ones before it are in the closed sums.
  int64_t base_ = 0;
  int64_t top_ = 0;
  uint64_t unique_ = 0;
  uint64_t seen_ = 0;
  uint64_t closedExpected_ = 0;
  uint64_t closedLost_ = 0;

  // The last report.
  uint64_t reportedExpected_ = 0;
  uint64_t reportedUnique_ = 0;
  uint32_t lastSenderReport_ = 0;
  Nanos lastSenderReportArrival_ = 0;

  Nanos lastArrival_ = 0;
  Nanos jitterArrival_ = 0;
  uint32_t jitterTimestamp_ = 0;
  bool jitterPrimed_ = false;
  bool jitterMeasured_ = false;
  Nanos jitterTimes16_ = 0;
  Nanos jitterSum_ = 0;
  uint64_t jitterCount_ = 0;
  int64_t jitterNumber_ = 0;
  Nanos packetTime_ = 0;
};

}  // namespace interconnect
