#pragma once
#include "engine/delay-sum.h"
#include "engine/json-writer.h"
#include "rtp/loss-pattern.h"
#include "audio/level.h"

namespace interconnect {

class Leg;

/** The audio of one direction. */
struct AudioCounters {
  LevelMeter::Totals totals;
  int peak = 0;
};

/** All that a leg counts of its quality, at one moment. */
struct QualityCounters {
  Nanos at = 0;
  struct Received {
    uint64_t packets = 0;
    uint64_t expected = 0;
    uint64_t lost = 0;
    uint64_t late = 0;
    uint64_t dropped = 0;
    LossPattern::Totals pattern;
    DelaySum jitter;
    DelaySum holds;
    DelaySum delays;
    double concealedMs = 0;
    AudioCounters audio;
  } received;
  struct Sent {
    uint64_t packets = 0;
    uint64_t errors = 0;
    /** As the far end reports. */
    uint64_t expected = 0;
    uint64_t lost = 0;
    uint64_t reports = 0;
    AudioCounters audio;
  } sent;
  DelaySum roundTrips;
};

/**
 * A leg's quality, taken in intervals: nothing is done between two looks at it, and nothing is allocated.
 */
class Quality {
 public:
  explicit Quality(Nanos openedAt) { last_.at = openedAt_ = openedAt; }
  /** Writes `LegQuality` of protocol.ts: what was since the last call, and the whole. Begins a new interval. */
  void writeInterval(JsonWriter& json, Leg& leg, Nanos now);
  /** Writes `QualityFigures` of protocol.ts for the whole call. */
  void writeCall(JsonWriter& json, Leg& leg, Nanos now);

 private:
  QualityCounters take(Leg& leg, Nanos now);

  QualityCounters last_;
  Nanos openedAt_;
  int receivedPeak_ = 0;
  int sentPeak_ = 0;
};

}  // namespace interconnect
