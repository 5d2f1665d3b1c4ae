#include "dtmf/digit-receiver.h"

#include <algorithm>

namespace interconnect {
namespace {

// RFC 4733 §2.5.1.2 recommends 50 ms; what the sender does is learned from its durations.
constexpr Nanos kUsualPacketTime = 50 * kMillisecond;
constexpr Nanos kMinPacketTime = 10 * kMillisecond;
constexpr Nanos kMaxPacketTime = 100 * kMillisecond;
constexpr int kSilentPackets = 3;
constexpr uint16_t kMaxDuration = 0xffff;
/** A packet this far behind is no straggler: the sender's clock began anew. */
constexpr int64_t kRestartSeconds = 5;

int32_t difference(uint32_t later, uint32_t earlier) { return static_cast<int32_t>(later - earlier); }

bool isNewer(uint16_t sequence, uint16_t than) {
  return static_cast<int16_t>(static_cast<uint16_t>(sequence - than)) > 0;
}

}  // namespace

/**
 * RFC 4733 §2.5.1.5: events that follow on one another may share a packet, whose time stamp is that of the first. Zeros
 * that somebody fills up with are none.
 */
void DigitReceiver::receive(const RtpPacket& packet, Nanos now) {
  RtpPacket rest = packet;
  for (auto event = parseTelephoneEvent(rest.payload); event; event = parseTelephoneEvent(rest.payload)) {
    if (rest.payload.data != packet.payload.data && event->duration == 0) return;
    receive(*event, rest, now);
    if (!event->end || event->duration == 0) return;
    rest.marker = false;
    rest.timestamp += event->duration;
    rest.payload = {rest.payload.data + kTelephoneEventBytes, rest.payload.size - kTelephoneEventBytes};
  }
}

void DigitReceiver::receive(const TelephoneEvent& event, const RtpPacket& packet, Nanos now) {
  switch (relate(event, packet)) {
    case Relation::Old:
      return;
    case Relation::New:
      if (open_) finish();
      open(event, packet, now);
      break;
    case Relation::Continues:
      earlier_ += static_cast<uint32_t>(difference(packet.timestamp, timestamp_));
      timestamp_ = packet.timestamp;
      duration_ = 0;
      grow(event, packet, now);
      break;
    case Relation::Same:
      grow(event, packet, now);
      break;
  }
}

/**
 * Events are told apart by their time stamp (RFC 4733 §2.2.1). Not every sender keeps it, so the rest is physics: two
 * presses of a key do not overlap, and one that begins where the other has no end is still the same.
 */
DigitReceiver::Relation DigitReceiver::relate(const TelephoneEvent& event, const RtpPacket& packet) const {
  if (!known_) return Relation::New;
  const int32_t step = difference(packet.timestamp, timestamp_);
  const bool newer = isNewer(packet.sequence, sequence_);
  const bool sameKey = event.event == event_;
  const bool begins = packet.marker && newer;

  if (step < 0) {
    const bool restarted = newer && -int64_t{step} > kRestartSeconds * clockRate_;
    return begins || restarted ? Relation::New : Relation::Old;
  }
  if (step == 0) {
    if (sameKey) return begins && !open_ ? Relation::New : Relation::Same;
    return newer ? Relation::New : Relation::Old;
  }
  if (!sameKey) return Relation::New;
  if (open_ && !packet.marker && (step == duration_ || step == kMaxDuration)) return Relation::Continues;
  const bool overlaps = step < duration_;
  if (!overlaps) return Relation::New;
  // The time stamp moves on with every packet of the event (seen in the field), with or without markers.
  return begins && (!open_ || event.duration <= duration_) ? Relation::New : Relation::Same;
}

void DigitReceiver::open(const TelephoneEvent& event, const RtpPacket& packet, Nanos now) {
  known_ = true;
  open_ = true;
  event_ = event.event;
  timestamp_ = packet.timestamp;
  sequence_ = packet.sequence;
  duration_ = 0;
  earlier_ = 0;
  began_ = lastPacket_ = now;
  grow(event, packet, now);
}

void DigitReceiver::grow(const TelephoneEvent& event, const RtpPacket& packet, Nanos now) {
  const bool nextInSequence = static_cast<uint16_t>(packet.sequence - sequence_) == 1;
  if (isNewer(packet.sequence, sequence_)) sequence_ = packet.sequence;
  if (!open_) return;
  if (nextInSequence && event.duration > duration_ && duration_ > 0) {
    packetTime_ = std::clamp(unitsToNanos(event.duration - duration_, clockRate_), kMinPacketTime, kMaxPacketTime);
  }
  duration_ = std::max(duration_, event.duration);
  lastPacket_ = std::max(lastPacket_, now);
  if (event.end) finish();
}

void DigitReceiver::tick(Nanos now) {
  if (!open_) return;
  const Nanos packetTime = packetTime_ > 0 ? packetTime_ : kUsualPacketTime;
  if (now - lastPacket_ >= kSilentPackets * packetTime) finish();
}

void DigitReceiver::finish() {
  open_ = false;
  const uint64_t units = earlier_ + duration_;
  past_[nextPast_++ % kPast] = {timestamp_ - static_cast<uint32_t>(earlier_), static_cast<uint32_t>(units)};
  // Some senders leave the duration at 0.
  const Nanos duration = units > 0 ? unitsToNanos(static_cast<int64_t>(units), clockRate_) : lastPacket_ - began_;
  if (waitingCount_ == kMaxWaiting) return;
  Digit& digit = waiting_[(waitingFirst_ + waitingCount_++) % kMaxWaiting];
  digit.digit = digitOfEvent(event_);
  digit.durationMs = static_cast<uint32_t>(std::min<Nanos>(duration / kMillisecond, INT32_MAX));
}

bool DigitReceiver::covers(uint32_t timestamp) const {
  if (open_ && difference(timestamp, timestamp_ - static_cast<uint32_t>(earlier_)) >= 0) return true;
  return std::any_of(past_.begin(), past_.end(), [&](const Past& past) { return timestamp - past.begin < past.length; });
}

std::optional<Digit> DigitReceiver::next() {
  if (waitingCount_ == 0) return std::nullopt;
  const Digit digit = waiting_[waitingFirst_];
  waitingFirst_ = (waitingFirst_ + 1) % kMaxWaiting;
  --waitingCount_;
  return digit;
}

void DigitReceiver::restart() {
  if (open_) finish();
  past_ = {};
  known_ = false;
  packetTime_ = 0;
}

}  // namespace interconnect
