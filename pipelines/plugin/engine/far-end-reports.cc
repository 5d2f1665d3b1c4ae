#include "engine/far-end-reports.h"

#include <algorithm>

namespace interconnect {
namespace {

/** More of what we sent than can be on its way. */
constexpr Nanos kDeaf = 2 * kSecond;
/** RFC 3550 §6.4: a report speaks of those sources that were heard since the last one. */
constexpr unsigned kSilentMeansDeaf = 2;
/** A step of the highest sequence number that is none of a stream. */
constexpr uint32_t kFarStep = 1u << 24;

}  // namespace

void FarEndReports::hasSent(uint32_t packets, uint64_t received) {
  const uint32_t sent = packets - farSent_.value_or(0);
  const uint64_t came = received - ourReceived_;
  missed_ = sent < kFarStep && sent > came ? sent - came : 0;
  farSent_ = packets;
  ourReceived_ = received;
}

void FarEndReports::reported(const ReportBlock* about, const Sent& sent, Nanos arrival, Nanos now) {
  ++reports_;
  lastReport_ = arrival;
  const auto lengthOf = [&](uint64_t packets) { return static_cast<Nanos>(packets * sent.packetMs) * kMillisecond; };
  if (about != nullptr) {
    count(*about, sent);
    silentReports_ = 0;
    sentAtHeard_ = sent.packets;
    const auto behind = static_cast<uint16_t>(sent.sequence - 1 - static_cast<uint16_t>(about->highestSequence));
    const Nanos deaf = lengthOf(behind) - (now - arrival);
    // Half the range: it is ahead of what we think, not behind.
    if (deaf >= kDeaf && behind < 0x8000) deafSince_ = deafSince_.value_or(arrival - deaf);
    else deafSince_.reset();
    return;
  }
  // Phones that write no blocks at all are many: only of one that has heard us before does their absence tell anything.
  const Nanos sending = lengthOf(sent.packets - sentAtHeard_) - (now - arrival);
  if (!highest_ || sending < kDeaf) return;
  if (++silentReports_ >= kSilentMeansDeaf) deafSince_ = deafSince_.value_or(arrival - sending);
}

void FarEndReports::count(const ReportBlock& block, const Sent& sent) {
  if (highest_) {
    const uint32_t step = block.highestSequence - *highest_;
    if (step < kFarStep) expected_ += step;
  } else {
    expected_ = sent.packets;
  }
  lost_ += static_cast<uint64_t>(std::max(0, block.cumulativeLost - cumulative_));
  highest_ = block.highestSequence;
  cumulative_ = block.cumulativeLost;
}

}  // namespace interconnect
