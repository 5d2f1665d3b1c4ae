// Leg, as one of two in a session whose packets go on as they come (docs/decisions.md).
#include "engine/leg.h"
#include "engine/tick.h"

namespace interconnect {

/** Whether the other's far end would hear nothing else from the mix, but later. */
bool Leg::mayForwardTo(const Leg& other) const {
  if (!forwardable_ || !other.forwardable_ || !receives(direction_) || !receiver_.asItComes()) return false;
  const LegSender& sender = other.sender_;
  if (!other.maySend() || !sender.canSend() || other.players_ || other.relays() || !other.sendGain_.neutral()) return false;
  if (sender.ownDigit() || sender.providesForLoss() || sender.tapped()) return false;
  const CodecSpec* says = receiver_.saying();
  const auto& hears = sender.codec();
  const auto& ours = sender_.codec();
  if (says == nullptr || !hears || !ours || !sameEncoding(*says, *hears) || says->sampleRate != hears->sampleRate) return false;
  // What one far end was told to send is what the other one asked for.
  if (ours->sampleRate != hears->sampleRate || !(ours->implementation == hears->implementation)) return false;
  const auto packetTime = receiver_.statistics().packetTime();
  return !packetTime || *packetTime == Nanos{sender.packetMs()} * kMillisecond;
}

void Leg::forward(Leg* other, bool unheard) {
  if (forwardsTo_ != nullptr) {
    if (!forwardsTo_->sender_.forwards()) return unlink();
    if (other != forwardsTo_ || !mayForwardTo(*other)) endForwarding();
    return;
  }
  if (other == nullptr || !(unheard || receiver_.quiet()) || other->sender_.forwards() || !mayForwardTo(*other)) return;
  forwardsTo_ = other;
  other->forwarder_ = this;
  other->sender_.beginForwarding(receiver_.saying()->payloadType);
  watch(true);
}

/** The two stay linked until the other one's stream has joined on to the mix. */
void Leg::endForwarding() {
  forwardsTo_->sender_.endForwarding();
  receiver_.endSentOn();
}

void Leg::unlink() {
  endForwarding();
  forwardsTo_->forwarder_ = nullptr;
  forwardsTo_ = nullptr;
}

void Leg::reconsiderForwarding() {
  if (forwardsTo_ != nullptr && !mayForwardTo(*forwardsTo_)) endForwarding();
  if (forwarder_ != nullptr && !forwarder_->mayForwardTo(*this)) forwarder_->endForwarding();
}

void Leg::unpair() {
  if (forwardsTo_ != nullptr) unlink();
  if (forwarder_ != nullptr) forwarder_->unlink();
}

void Leg::sendOn(const RtpPacket& packet, const LegReceiver::Accepted& accepted, Nanos arrival) {
  if (!forwardsTo_->sender_.forwardingBegun()) {
    if (accepted.audio) beginSendingOn(packet, accepted);
    return;
  }
  if (passOn(packet, accepted, arrival, 0)) receiver_.sentOn(context_.clock.now() - arrival);
}

/** From what no tick has taken yet: the packets that wait, of which the newest is one. */
void Leg::beginSendingOn(const RtpPacket& newest, const LegReceiver::Accepted& accepted) {
  const size_t ahead = receiver_.markQueueSentOn();
  receiver_.eachHeld([&](const RtpPacket& held, Nanos arrival) {
    const auto back = static_cast<int16_t>(newest.sequence - held.sequence);
    if (held.ssrc == newest.ssrc) passOn(held, {accepted.number - back, false, true}, arrival, ahead);
  });
}

bool Leg::passOn(const RtpPacket& packet, const LegReceiver::Accepted& accepted, Nanos arrival, size_t ahead) {
  if (!forwardsTo_->sender_.forward({packet, accepted, arrival}, ahead)) {
    endForwarding();
    return false;
  }
  if (accepted.audio) receiver_.markSentOn(packet);
  return accepted.audio;
}

void Leg::forwardedTick(Nanos now, const Frame& frame) {
  const bool ticked = forwarder_ != nullptr && !forwarder_->idleTick_;
  const LegReceiver* said = ticked ? &forwarder_->receiver_ : nullptr;
  const size_t sentOn = said != nullptr ? samplesAt(sender_.rate(), said->sentOnOfTick(), said->rate()) : 0;
  const bool allSentOn = sentOn >= static_cast<size_t>(sender_.rate() * kTick / kSecond);
  // A gain that changes begins with what it is heard of.
  sender_.forwardedTick(now, allSentOn ? frame : amplified(frame), sentOn);
  if (!sender_.forwards() && forwarder_ != nullptr) forwarder_->unlink();
}

}  // namespace interconnect
