#include "rtp/jitter-buffer.h"

#include <algorithm>
#include <utility>

namespace interconnect {
namespace {

/** Slack at which playing begins, and below which the hold grows. */
constexpr Nanos kMargin = 2'500 * kMicrosecond;
constexpr Nanos kThin = 1 * kMillisecond;
/** The hold shrinks when a tick less would leave a little more than the margin: growing and shrinking never alternate. */
constexpr Nanos kSpare = 500 * kMicrosecond;
/** Jitter beyond this is lost rather than waited for: no conversation goes on with more. */
constexpr Nanos kMaxHold = 200 * kMillisecond;
/** What lies further ahead than this is not a pause, but a jump of the sender's clock. */
constexpr Nanos kMaxAhead = kMaxHold + 60 * kMillisecond;
/** Ticks do not last whole clock units. */
constexpr Nanos kRounding = 250 * kMicrosecond;
/** Timelines that differ by less (rounding of ticks to clock units) are the same. */
constexpr Nanos kJoint = 1 * kMillisecond;
/** Without a packet for so long there is no stream: the next one begins a talkspurt. */
constexpr Nanos kPause = 200 * kMillisecond;
constexpr Nanos kMinDuration = 2 * kMillisecond;
constexpr Nanos kMaxDuration = 120 * kMillisecond;
/** A step to the next in sequence of no more than this is a longer packet; of more, a pause without marker. */
constexpr Nanos kLongestStep = 60 * kMillisecond;
/** So many packets in a row, not of one burst: the path or the sender's clock has changed for good. */
constexpr int kLateMeansMoved = 3;
constexpr size_t kEnoughToLearn = 25;
/** Time stamps further apart than this are told apart no more (and their difference fits in Nanos). */
constexpr int64_t kFar = INT64_C(1) << 31;

}  // namespace

JitterBuffer::JitterBuffer(uint32_t clockRate, Nanos tick)
    : clockRate_(clockRate), tick_(tick), packetDuration_(tick) {}

void JitterBuffer::put(const RtpPacket& packet, Nanos arrival) {
  if (packet.payload.size > PacketStore::kMaxPayloadBytes) {
    ++counts_.refused;
    return;
  }
  const SequenceTracker::Verdict verdict = sequence_.update(packet.ssrc, packet.sequence);
  if (verdict == SequenceTracker::Verdict::Suspect) {
    ++counts_.refused;
    return;
  }
  const int64_t sequence = sequence_.extended();
  if (verdict == SequenceTracker::Verdict::Restarted) {
    forgetStream();
    ++counts_.restarts;
    newestTimestamp_ = packet.timestamp;
    passed_ = sequence - static_cast<int64_t>(PacketStore::kSlots);
  }
  if (store_.knows(sequence)) {
    ++counts_.duplicates;
    return;
  }
  const auto step = static_cast<int32_t>(packet.timestamp - static_cast<uint32_t>(newestTimestamp_));
  const int64_t timestamp = newestTimestamp_ + step;
  if (sequence <= passed_) {
    // A later one was played before it; it still tells how long to wait.
    ++counts_.late;
    if (state_ == State::Playing) {
      observe(slackAt(tickQueued_ + timeBetween(tickCursor_, timestamp), tickTime_, arrival), arrival, tickTime_);
    }
    return;
  }
  if (!makeRoom(sequence)) {
    ++counts_.late;
    return;
  }
  store_.insert(packet, sequence, timestamp, arrival);
  if (sequence == sequence_.highest()) newestTimestamp_ = timestamp;
  learnDuration(*store_.find(sequence));
}

Taken JitterBuffer::take(Nanos now, Nanos queued) {
  queued_ = queued;
  if (now > tickTime_) {
    tickTime_ = now;
    tickCursor_ = cursor_;
    tickQueued_ = queued;
    if (state_ == State::Playing) shrinkIfDue(now);
  }
  if (state_ == State::Idle && !begin(now)) {
    // Nobody hears what was left of a tick go.
    Taken nothing;
    nothing.duration = queued < tick_ ? tick_ - queued : tick_;
    givenUntil_.reset();
    return nothing;
  }
  while (const Entry* entry = store_.first()) {
    switch (judge(*entry, now)) {
      case Turn::Play:
        return play(*entry, now);
      case Turn::Wait:
        return fillBefore(*entry);
      case Turn::Again:
        break;
    }
  }
  // No more than this tick needs: the next packet may come in time for the next one.
  return fill(queued < tick_ ? tick_ - queued : tick_);
}

void JitterBuffer::scaled(Nanos by) {
  wanted_ -= by;
  tickQueued_ += by;
}

void JitterBuffer::reset() {
  sequence_ = SequenceTracker();
  forgetStream();
}

void JitterBuffer::forgetStream() {
  counts_.dropped += store_.count();
  store_.clear();
  slack_.clear();
  state_ = State::Idle;
  continuous_ = false;
  playedSequence_ = INT64_MIN;
  packetDuration_ = tick_;
  dry_ = wanted_ = learnedSpread_ = 0;
  lateInARow_ = 0;
}

bool JitterBuffer::makeRoom(int64_t sequence) {
  constexpr auto kWindow = static_cast<int64_t>(PacketStore::kSlots);
  if (store_.count() > 0 && store_.last()->sequence - sequence >= kWindow) return false;
  while (store_.count() > 0 && sequence - store_.first()->sequence >= kWindow) {
    passed_ = store_.first()->sequence;
    store_.remove(passed_);
    ++counts_.dropped;
  }
  return true;
}

/** RFC 3550 says nothing of a packet's duration: it is how far the next in sequence is stamped after it. */
void JitterBuffer::learnDuration(const Entry& entry) {
  const Entry* before = store_.find(entry.sequence - 1);
  const bool followsPlayed = playedSequence_ == entry.sequence - 1;
  if (entry.marker || (before == nullptr && !followsPlayed)) return;
  const Nanos duration = timeBetween(before != nullptr ? before->timestamp : playedTimestamp_, entry.timestamp);
  if (duration >= kMinDuration && duration <= kMaxDuration) packetDuration_ = duration;
}

Nanos JitterBuffer::durationOf(const Entry& entry) const {
  const Entry* next = store_.find(entry.sequence + 1);
  if (next != nullptr && !next->marker) {
    const Nanos duration = timeBetween(entry.timestamp, next->timestamp);
    if (duration >= kMinDuration && duration <= kMaxDuration) return duration;
  }
  return packetDuration_;
}

Nanos JitterBuffer::timeBetween(int64_t from, int64_t to) const {
  return unitsToNanos(std::clamp(to - from, -kFar, kFar), clockRate_);
}

/** Starts to play when the oldest packet has waited long enough. */
bool JitterBuffer::begin(Nanos now) {
  if (store_.count() == 0) return false;
  const Nanos wanted = wantedSlack();
  // After a freeze of the network all that it held back comes at once: only the newest of it is still of use.
  dropExcess(now, wanted + tick_);
  const Entry& first = *store_.first();
  if (now - first.arrival < wanted) return false;
  state_ = State::Playing;
  cursor_ = tickCursor_ = first.timestamp;
  shrinkChecked_ = now;
  continuous_ = false;
  dry_ = wanted_ = 0;
  lateInARow_ = 0;
  return true;
}

/** Drops the oldest packets until the newest would be held for `limit` at most, if playing went on with the oldest. */
void JitterBuffer::dropExcess(Nanos now, Nanos limit) {
  const Entry* last = store_.last();
  while (store_.count() > 1) {
    const Entry* first = store_.first();
    if (timeBetween(first->timestamp, last->timestamp) + now - last->arrival <= limit) return;
    passed_ = first->sequence;
    continuous_ = false;
    store_.remove(passed_);
    ++counts_.dropped;
  }
}

void JitterBuffer::shrinkIfDue(Nanos now) {
  const Entry* last = store_.last();
  if (last != nullptr) {
    const Nanos newestHold = timeBetween(cursor_, last->timestamp) + now - last->arrival;
    const bool clockJumped = timeBetween(cursor_, store_.first()->timestamp) > kMaxAhead;
    if (newestHold > kMaxAhead && store_.count() > 1 && !clockJumped) {
      slack_.shift(-std::exchange(wanted_, 0));
      dropExcess(now, wantedSlack() + tick_);
      const Nanos skipped = std::max<Nanos>(0, timeBetween(cursor_, store_.first()->timestamp));
      cursor_ += nanosToUnits(skipped, clockRate_);
      tickCursor_ = cursor_;
      slack_.shift(-skipped);
      if (skipped != 0) continuous_ = false;
      return;
    }
  }
  if (now - shrinkChecked_ < kSecond) return;
  shrinkChecked_ = now;
  const std::optional<Nanos> low = slack_.low();
  if (!low || slack_.seconds() < SlackWindow::kSeconds) return;
  const Nanos excess = *low - kMargin - kSpare;
  if (excess < tick_) return;
  const Nanos ticks = excess / tick_;
  wanted_ -= ticks * tick_;
  slack_.shift(-ticks * tick_);
  counts_.shrunk += static_cast<uint64_t>(ticks);
}

JitterBuffer::Turn JitterBuffer::judge(const Entry& entry, Nanos now) {
  Nanos ahead = timeBetween(cursor_, entry.timestamp);
  if (continuous_ && entry.sequence == passed_ + 1) {
    const bool isPause = ahead > 0 && ahead <= kMaxAhead && (entry.marker || ahead > kLongestStep);
    if (!isPause) {
      // The packet before was shorter or longer than thought, or the sender's clock jumped between the two.
      cursor_ = entry.timestamp;
      return Turn::Play;
    }
  }
  if (std::abs(ahead) < kJoint) cursor_ = entry.timestamp;
  if (ahead >= kJoint) {
    if (entry.marker || ahead > kLongestStep) {
      settleInPause(ahead);
      ahead = timeBetween(cursor_, entry.timestamp);
      if (ahead < kJoint) return Turn::Again;
    }
    if (ahead + now - entry.arrival <= kMaxAhead) return Turn::Wait;
    cursor_ = entry.timestamp;
    return Turn::Play;
  }
  settleLate(ahead);
  ahead = timeBetween(cursor_, entry.timestamp);
  return -ahead < durationOf(entry) ? Turn::Play : judgeLate(entry, now);
}

/** The whole packet lies before the cursor: move back to it where that helps those after it, else give it up. */
JitterBuffer::Turn JitterBuffer::judgeLate(const Entry& entry, Nanos now) {
  const bool sameBurst = std::abs(entry.arrival - lastLateArrival_) < packetDuration_ / 2;
  if (!sameBurst) ++lateInARow_;
  observe(slackOf(entry, now), entry.arrival, now);
  lastLateArrival_ = entry.arrival;
  observedLate_ = static_cast<uint16_t>(entry.sequence);
  settleLate(timeBetween(cursor_, entry.timestamp));
  if (-timeBetween(cursor_, entry.timestamp) < durationOf(entry)) return Turn::Again;

  if (lateInARow_ >= kLateMeansMoved) {
    forgetSlack();
    lateInARow_ = 0;
    const Nanos missing = std::max<Nanos>(0, wantedSlack() - (now - entry.arrival));
    const Nanos wait = (missing + tick_ - 1) / tick_ * tick_;
    cursor_ = entry.timestamp - nanosToUnits(wait, clockRate_);
    continuous_ = false;
    return Turn::Again;
  }
  passed_ = entry.sequence;
  continuous_ = false;
  // The stream has not paused.
  dry_ = 0;
  store_.remove(passed_);
  ++counts_.late;
  return Turn::Again;
}

Taken JitterBuffer::play(const Entry& entry, Nanos now) {
  Taken taken;
  taken.what = Take::Packet;
  taken.packet = store_.packet(entry);
  taken.arrival = entry.arrival;
  taken.duration = durationOf(entry);
  const Nanos behind = std::max<Nanos>(0, -timeBetween(cursor_, entry.timestamp));
  taken.trim = behind;

  taken.skipped = !joinsOn(entry);

  const Nanos slack = slackOf(entry, now);
  slack_.played(now + queued_ - behind - entry.arrival, now);
  if (now - behind >= entry.arrival) lateInARow_ = 0;
  cursor_ = entry.timestamp + nanosToUnits(taken.duration, clockRate_);
  givenUntil_ = cursor_;
  playedSequence_ = entry.sequence;
  playedTimestamp_ = entry.timestamp;
  passed_ = entry.sequence;
  continuous_ = true;
  dry_ = 0;
  ++counts_.played;
  store_.remove(passed_);
  if (taken.packet.sequence != observedLate_) observe(slack, taken.arrival, now);
  observedLate_ = -1;
  return taken;
}

Taken JitterBuffer::fill(Nanos gap) {
  Taken taken;
  taken.what = Take::Missing;
  taken.duration = std::min(gap, tick_);
  cursor_ += nanosToUnits(taken.duration, clockRate_);
  givenUntil_ = cursor_;
  continuous_ = false;
  dry_ += taken.duration;
  if (dry_ >= kPause) {
    state_ = State::Idle;
    forgetSlack();
  }
  return taken;
}

bool JitterBuffer::joinsOn(const Entry& entry) const {
  if (!givenUntil_ || (continuous_ && entry.sequence == playedSequence_ + 1)) return true;
  return std::abs(timeBetween(*givenUntil_, std::max(cursor_, entry.timestamp))) < kJoint;
}

Taken JitterBuffer::fillBefore(const Entry& entry) {
  const Nanos gap = timeBetween(cursor_, entry.timestamp);
  const bool lost = entry.sequence > passed_ + 1 && !entry.marker;
  Taken taken = fill(gap);
  if (lost && taken.duration == gap) taken.packet = store_.packet(entry);
  return taken;
}

void JitterBuffer::observe(Nanos slack, Nanos arrival, Nanos now) {
  // No hold would have saved it.
  if (slack < -kMaxHold) return;
  if (slack < 0) {
    // What was held back together comes together: it tells of one delay, not of many.
    if (std::abs(arrival - lastLateArrival_) < packetDuration_ / 2) return;
    lastLateArrival_ = arrival;
  }
  slack_.add(slack, now);
  if (slack >= kThin) return;
  const Nanos low = slack_.low().value_or(kThin);
  const Nanos room = kMaxHold - slack_.high().value_or(0);
  if (low >= kThin || room < tick_) return;
  const Nanos ticks = std::min((kMargin - low + tick_ - 1) / tick_, room / tick_);
  wanted_ += ticks * tick_;
  slack_.shift(ticks * tick_);
  counts_.grown += static_cast<uint64_t>(ticks);
}

Nanos JitterBuffer::slackOf(const Entry& entry, Nanos now) const {
  return slackAt(queued_ + timeBetween(cursor_, entry.timestamp), now, entry.arrival);
}

/** What is heard in `heardIn` from now on, plus what is wanted, has to be there at the tick before that. */
Nanos JitterBuffer::slackAt(Nanos heardIn, Nanos now, Nanos arrival) const {
  const Nanos in = heardIn + wanted_ + kRounding;
  const Nanos ticks = in >= 0 ? in / tick_ : -((tick_ - 1 - in) / tick_);
  return now + ticks * tick_ - arrival;
}

/** A packet that comes late plays after what was made up in its place: that has done what stretching was to do. */
void JitterBuffer::settleLate(Nanos ahead) {
  const Nanos by = std::min(wanted_, -ahead);
  if (by <= 0) return;
  cursor_ -= nanosToUnits(by, clockRate_);
  wanted_ -= by;
  continuous_ = false;
}

/** A pause can be of any length. */
void JitterBuffer::settleInPause(Nanos ahead) {
  const Nanos by = std::max(wanted_, -ahead);
  if (by == 0) return;
  cursor_ -= nanosToUnits(by, clockRate_);
  wanted_ -= by;
  continuous_ = false;
}

Nanos JitterBuffer::wantedSlack() const {
  // Of packets shorter than a tick more than one must be there.
  const Nanos spread = std::max(learnedSpread_, tick_ - packetDuration_);
  return std::min(kMargin + spread, kMaxHold);
}

void JitterBuffer::forgetSlack() {
  if (slack_.count() >= kEnoughToLearn) {
    learnedSpread_ = std::max<Nanos>(0, slack_.mean().value_or(0) - slack_.low().value_or(0));
  }
  slack_.clear();
  wanted_ = 0;
}

}  // namespace interconnect
