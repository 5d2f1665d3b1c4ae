#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "clock/nanos.h"
#include "rtp/packet-store.h"
#include "rtp/packet.h"
#include "rtp/sequence.h"
#include "rtp/slack-window.h"

namespace interconnect {

enum class Take {
  /** Decode `packet`, leave out `trim` of its start, play the rest. */
  Packet,
  /** Nothing came for the next `duration`: conceal it. */
  Missing,
  /** There is no stream now (before the first packet, in a pause): `duration` of silence. */
  Empty,
};

struct Taken {
  Take what = Take::Empty;
  /**
   * For Take::Packet; its payload is valid until the next put(). For Take::Missing what follows right on it, where that is
   * there already: it may tell what was lost (Opus's in-band FEC). Without payload otherwise.
   */
  RtpPacket packet;
  /** When it came, as given to put(). */
  Nanos arrival = 0;
  /** Time on the stream's timeline that this answer stands for; estimated for a packet. */
  Nanos duration = 0;
  /** Part of the packet's start that came too late to be played, up to all of it; the rest does not join on. */
  Nanos trim = 0;
  /** A packet that does not join on to the answer before: what lies between was skipped, and nobody is to fill it. */
  bool skipped = false;
};

/** What became of the packets. */
struct JitterBufferCounts {
  uint64_t played = 0;
  /** Came after their turn. */
  uint64_t late = 0;
  uint64_t duplicates = 0;
  /** Thrown away: the buffer was full, or the hold too long after a stall. */
  uint64_t dropped = 0;
  /** Not believed (a jump or another SSRC seen once) or too long. */
  uint64_t refused = 0;
  /** Streams taken up: first packet, SSRC change, sequence jump. */
  uint64_t restarts = 0;
  /** Ticks by which playout was to move back (the hold grew) and forward (it shrank). */
  uint64_t grown = 0;
  uint64_t shrunk = 0;
};

/**
 * Holds the packets of one stream until a tick needs them, and no longer. Time comes in through the arguments only.
 *
 *     while (pcm.size() < tick) {
 *       auto taken = buffer.take(now, pcm.duration());
 *       … append taken.duration − taken.trim …
 *       if (buffer.wanted() != 0) … make what is in pcm longer or shorter, and say by how much: buffer.scaled(by) …
 *     }
 *
 * The buffer keeps a cursor on the sender's timeline, which every answer moves on by its duration; the caller plays
 * what it is given, so the cursor moves as fast as its ticks come. Slack (rtp/slack-window.h) says whether the cursor
 * is at the right place: the least slack is kept between 1 and 23 ms. A packet is taken at a tick, so it takes whole
 * ticks of stretched or shortened audio to change the slack. So a clean stream is held 2.5–22.5 ms, as its phase to the
 * tick demands, and a jittery one as long as its latest packets need.
 */
class JitterBuffer {
 public:
  /** @param clockRate of the RTP time stamps in Hz, not 0 */
  explicit JitterBuffer(uint32_t clockRate, Nanos tick = 20 * kMillisecond);

  /** Copies the packet. `arrival` is when it reached the socket. */
  void put(const RtpPacket& packet, Nanos arrival);

  /**
   * The next piece of the stream for the tick at `now`; `now` never goes back.
   * @param queued what the caller holds of the pieces before: this one is heard so much later
   */
  Taken take(Nanos now, Nanos queued = 0);

  /** By how much what the caller holds should be made longer (positive) or shorter, for the hold to be right. */
  Nanos wanted() const { return wanted_; }
  /** It was made longer by so much; more than was wanted is taken back in time, less is not given up. */
  void scaled(Nanos by);

  /** Forgets packets and stream (another codec, a leg that no longer receives); counts stay. */
  void reset();

  /** Hold that a packet without queueing delay gets: the jitter that is covered, plus the margin. */
  std::optional<Nanos> target() const { return slack_.high(); }
  /** Mean hold of the last second's packets, the caller's queue included. */
  std::optional<Nanos> delay() const { return slack_.recentHold(); }
  const JitterBufferCounts& counts() const { return counts_; }
  /** Calls `visit(packet, arrival)` for each packet held, in their order. */
  template <class Visit>
  void eachHeld(const Visit& visit) const {
    if (store_.count() == 0) return;
    for (int64_t sequence = store_.first()->sequence, last = store_.last()->sequence; sequence <= last; sequence++) {
      if (const Entry* entry = store_.find(sequence)) visit(store_.packet(*entry), entry->arrival);
    }
  }
  size_t held() const { return store_.count(); }
  /** Memory held, in bytes. */
  size_t bytes() const { return sizeof(*this) + store_.bytes() - sizeof(store_); }

 private:
  enum class State { Idle, Playing };
  /** What the oldest packet held says to the tick: it is its turn, or what to do before it is. */
  enum class Turn { Play, Wait, Again };
  using Entry = PacketStore::Entry;

  void forgetStream();
  bool makeRoom(int64_t sequence);
  void learnDuration(const Entry& entry);
  Nanos durationOf(const Entry& entry) const;
  Nanos timeBetween(int64_t from, int64_t to) const;

  bool begin(Nanos now);
  void dropExcess(Nanos now, Nanos limit);
  void shrinkIfDue(Nanos now);
  Turn judge(const Entry& entry, Nanos now);
  Turn judgeLate(const Entry& entry, Nanos now);
  Taken play(const Entry& entry, Nanos now);
  Taken fill(Nanos gap);
  Taken fillBefore(const Entry& entry);
  Nanos slackOf(const Entry& entry, Nanos now) const;
  Nanos slackAt(Nanos heardIn, Nanos now, Nanos arrival) const;
  void observe(Nanos slack, Nanos arrival, Nanos now);
  void settleLate(Nanos ahead);
  void settleInPause(Nanos ahead);
  Nanos wantedSlack() const;
  void forgetSlack();
  bool joinsOn(const Entry& entry) const;

  uint32_t clockRate_;
  Nanos tick_;
  PacketStore store_;
  SequenceTracker sequence_;
  SlackWindow slack_;
  JitterBufferCounts counts_;
  State state_ = State::Idle;

  /** Next point of the sender's timeline to be played, in RTP clock units without wraps; where it stood at the last tick. */
  int64_t cursor_ = 0;
  int64_t tickCursor_ = 0;
  Nanos tickTime_ = 0;
  /** What the caller held at the last take, and at the first of its tick. */
  Nanos queued_ = 0;
  Nanos tickQueued_ = 0;
  /** Where the last answer ended; nothing when it was silence. */
  std::optional<int64_t> givenUntil_;
  int64_t newestTimestamp_ = 0;
  /** Number of the last packet that was played or given up. */
  int64_t passed_ = 0;
  /** The last packet that was played. */
  int64_t playedSequence_ = INT64_MIN;
  int64_t playedTimestamp_ = 0;
  /** The last answer was a packet and the cursor has not been moved since: the next in sequence joins on to it. */
  bool continuous_ = false;
  Nanos packetDuration_;
  /** Filled with nothing since the last packet. */
  Nanos dry_ = 0;
  /** Still to be put in (positive) or taken out by the caller; slack is seen as if it were done. */
  Nanos wanted_ = 0;
  Nanos lastLateArrival_ = 0;
  /** Sequence number of a packet whose slack was observed before the cursor moved back to it; −1: none. */
  int32_t observedLate_ = -1;
  int lateInARow_ = 0;
  Nanos shrinkChecked_ = 0;
  /** Mean minus least slack of the stream so far: how much later than a usual packet the latest ones come. */
  Nanos learnedSpread_ = 0;
};

}  // namespace interconnect
