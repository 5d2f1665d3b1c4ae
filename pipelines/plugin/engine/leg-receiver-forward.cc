// LegReceiver, while what it receives goes on to the other leg of a pair as it comes.
#include <algorithm>

#include "engine/leg-receiver.h"

namespace interconnect {
namespace {

/** 5 s in ticks: a far end behind a bad network is better heard through our buffer and concealment. */
constexpr size_t kTroubledTicks = 250;
/** The far end's buffer has to cover what ours does. */
constexpr Nanos kMostHold = 60 * kMillisecond;
/** 100 ms: longer than any stop within a word. */
constexpr unsigned kPausesPerSecond = 10;

}  // namespace

bool LegReceiver::asItComes() const {
  return playing() && !noise_ && mute_.open() && !processing_ && !inbandDigits_.remove && ticksSinceConcealed_ >= kTroubledTicks &&
         (!buffer_ || buffer_->target().value_or(0) <= kMostHold);
}

const CodecSpec* LegReceiver::saying() const {
  if (const CodecSpec* last = lastCodec()) return last;
  const auto usable = [](const Slot& slot) { return !slot.spec.relayOnly() && !slot.spec.comfortNoise(); };
  const auto first = std::find_if(codecs_.begin(), codecs_.end(), usable);
  return first == codecs_.end() ? nullptr : &first->spec;
}

bool LegReceiver::quiet() const { return level_.samplesSinceSound() * kPausesPerSecond >= rate_; }

void LegReceiver::markSentOn(const RtpPacket& packet) {
  const bool older = sendingOn_ && sentOn_ && sentOn_->ssrc == packet.ssrc && static_cast<int16_t>(packet.sequence - sentOn_->sequence) < 0;
  sendingOn_ = true;
  if (!older) sentOn_ = SentOn{packet.ssrc, packet.sequence};
}

/** A packet has been decoded into the queue. */
void LegReceiver::noteSentOn(const RtpPacket& packet) {
  const bool sentOn = packet.ssrc == sentOn_->ssrc && static_cast<int16_t>(sentOn_->sequence - packet.sequence) >= 0;
  if (sentOn) sentOnSamples_ = queue_.size();
  else if (!sendingOn_) sentOn_.reset();
}

}  // namespace interconnect
