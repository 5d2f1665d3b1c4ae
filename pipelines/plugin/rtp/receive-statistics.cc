#include "rtp/receive-statistics.h"

#include <algorithm>

namespace interconnect {
namespace {

// A step of the time stamps against the clock that no network makes: the sender's clock jumped.
constexpr Nanos kClockJump = kSecond;
constexpr int64_t kSeenPackets = 64;
constexpr Nanos kLongestPacket = 200 * kMillisecond;

uint64_t positiveDifference(uint64_t a, uint64_t b) { return a > b ? a - b : 0; }

}  // namespace

void ReceiveStatistics::setClockRate(uint32_t clockRate) {
  if (clockRate == clockRate_) return;
  clockRate_ = clockRate;
  jitterPrimed_ = false;
}

SequenceTracker::Verdict ReceiveStatistics::received(const RtpPacket& packet, Nanos arrival, bool audio) {
  const SequenceTracker::Verdict verdict = sequence_.update(packet.ssrc, packet.sequence);
  if (verdict == SequenceTracker::Verdict::Suspect) {
    ++suspects_;
    return verdict;
  }
  if (verdict == SequenceTracker::Verdict::Restarted) restart();
  lastArrival_ = arrival;
  count(packet);
  if (audio) measureJitter(packet, arrival);
  return verdict;
}

void ReceiveStatistics::restart() {
  if (started_) {
    closedExpected_ += expectedInStream();
    closedLost_ += positiveDifference(expectedInStream(), unique_);
    ++restarts_;
  }
  started_ = true;
  base_ = top_ = sequence_.extended();
  unique_ = 0;
  seen_ = 0;
  reportedExpected_ = reportedUnique_ = 0;
  // Reports from the former source say nothing of this one (RFC 3550 §6.4.1, LSR).
  lastSenderReport_ = 0;
  jitterPrimed_ = false;
}

void ReceiveStatistics::count(const RtpPacket& packet) {
  ++packets_;
  bytes_ += packet.payload.size;

  const int64_t number = sequence_.extended();
  if (number > top_) {
    const int64_t step = number - top_;
    seen_ = step >= kSeenPackets ? 0 : seen_ << step;
    seen_ |= 1;
    top_ = number;
    ++unique_;
    return;
  }
  // What lies further back than the mask is taken for new: A.1 lets 100 packets of misorder pass.
  const int64_t back = top_ - number;
  const uint64_t bit = back < kSeenPackets ? uint64_t{1} << back : 0;
  if ((seen_ & bit) != 0) {
    ++duplicates_;
    return;
  }
  seen_ |= bit;
  ++unique_;
  if (back > 0) ++reordered_;
  base_ = std::min(base_, number);
}

void ReceiveStatistics::measureJitter(const RtpPacket& packet, Nanos arrival) {
  if (jitterPrimed_) {
    const auto units = static_cast<int32_t>(packet.timestamp - jitterTimestamp_);
    const Nanos stamped = unitsToNanos(units, clockRate_);
    if (sequence_.extended() == jitterNumber_ + 1 && stamped > 0 && stamped <= kLongestPacket) packetTime_ = stamped;
    const Nanos difference = (arrival - jitterArrival_) - stamped;
    const Nanos size = difference < 0 ? -difference : difference;
    // A.8: J += (|D| − J) / 16, with the sixteenfold kept so that nothing is rounded away.
    if (size < kClockJump) {
      jitterTimes16_ += size - jitterTimes16_ / 16;
      jitterMeasured_ = true;
      jitterSum_ += size;
      ++jitterCount_;
    }
  }
  jitterPrimed_ = true;
  jitterArrival_ = arrival;
  jitterTimestamp_ = packet.timestamp;
  jitterNumber_ = sequence_.extended();
}

void ReceiveStatistics::senderReport(uint64_t ntp, Nanos arrival) {
  lastSenderReport_ = ntpMiddle(ntp);
  lastSenderReportArrival_ = arrival;
}

std::optional<ReportBlock> ReceiveStatistics::report(Nanos now) {
  if (!started_) return std::nullopt;
  const uint64_t expectedNow = expectedInStream();
  const uint64_t expectedInterval = positiveDifference(expectedNow, reportedExpected_);
  const uint64_t lostInterval = positiveDifference(expectedInterval, positiveDifference(unique_, reportedUnique_));
  reportedExpected_ = expectedNow;
  reportedUnique_ = unique_;

  ReportBlock block;
  block.ssrc = sequence_.ssrc();
  if (expectedInterval > 0) {
    block.fractionLost = static_cast<uint8_t>(std::min<uint64_t>(255, (lostInterval << 8) / expectedInterval));
  }
  block.cumulativeLost = static_cast<int32_t>(std::min<uint64_t>(0x7fffff, positiveDifference(expectedNow, unique_)));
  block.highestSequence = static_cast<uint32_t>(top_);
  block.jitter = static_cast<uint32_t>(nanosToUnits(jitterTimes16_ / 16, clockRate_));
  block.lastSenderReport = lastSenderReport_;
  if (lastSenderReport_ != 0) block.delaySinceLastSenderReport = ntpShort(now - lastSenderReportArrival_);
  return block;
}

uint64_t ReceiveStatistics::expectedInStream() const {
  return started_ ? static_cast<uint64_t>(top_ - base_) + 1 : 0;
}

uint64_t ReceiveStatistics::expected() const { return closedExpected_ + expectedInStream(); }

uint64_t ReceiveStatistics::lost() const { return closedLost_ + positiveDifference(expectedInStream(), unique_); }

std::optional<Nanos> ReceiveStatistics::jitter() const {
  if (!jitterMeasured_) return std::nullopt;
  return jitterTimes16_ / 16;
}

std::optional<Nanos> ReceiveStatistics::packetTime() const {
  if (packetTime_ == 0) return std::nullopt;
  return packetTime_;
}

std::optional<uint32_t> ReceiveStatistics::ssrc() const {
  if (!started_) return std::nullopt;
  return sequence_.ssrc();
}

std::optional<Nanos> ReceiveStatistics::lastArrival() const {
  if (!started_) return std::nullopt;
  return lastArrival_;
}

}  // namespace interconnect
