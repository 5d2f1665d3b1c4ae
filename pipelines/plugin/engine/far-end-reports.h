#pragma once
#include <cstdint>
#include <optional>

#include "engine/delay-sum.h"
#include "rtp/rtcp.h"

namespace interconnect {

/** What a far end's RTCP says of the media between us, over the whole call. */
class FarEndReports {
 public:
  /** How far our own sending has come. */
  struct Sent {
    uint64_t packets;
    /** Of the next packet. */
    uint16_t sequence;
    unsigned packetMs;
  };

  /** A sender report came. @param packets its count @param received ours, of the same stream */
  void hasSent(uint32_t packets, uint64_t received);
  /** A report came. @param about its block about us, if it has one @param now when it is read, at or after `arrival` */
  void reported(const ReportBlock* about, const Sent& sent, Nanos arrival, Nanos now);

  /** Sums that only grow. */
  DelaySum roundTrips;
  uint64_t expected() const { return expected_; }
  uint64_t lost() const { return lost_; }
  uint64_t reports() const { return reports_; }
  std::optional<Nanos> lastReport() const { return reports_ > 0 ? std::optional(lastReport_) : std::nullopt; }

  /** Since when it has received nothing of what we send, as its last report has it; nothing while it hears us. */
  std::optional<Nanos> deafSince() const { return deafSince_; }
  /** Packets that it sent between its last two sender reports, and that did not come; nothing before there was one. */
  std::optional<uint64_t> missed() const { return missed_; }

 private:
  void count(const ReportBlock& block, const Sent& sent);

  uint64_t expected_ = 0;
  uint64_t lost_ = 0;
  uint64_t reports_ = 0;
  Nanos lastReport_ = 0;
  std::optional<uint32_t> highest_;
  int32_t cumulative_ = 0;
  /** Reports in a row without a word of us. */
  unsigned silentReports_ = 0;
  uint64_t sentAtHeard_ = 0;
  std::optional<Nanos> deafSince_;
  std::optional<uint32_t> farSent_;
  uint64_t ourReceived_ = 0;
  std::optional<uint64_t> missed_;
};

}  // namespace interconnect
