#pragma once
#include <atomic>
#include <list>
#include <thread>
#include <unordered_map>
#include <unordered_set>

#include "engine/mix-tap.h"
#include "recording/heard-tap.h"
#include "recording/chosen-legs.h"
#include "recording/track.h"

namespace interconnect {

class Leg;

/** What the engine hears of a recording. Called in the loop's thread. */
class RecordingListener {
 public:
  virtual void started(const RecordingTerms& terms) = 0;
  virtual void fileStarted(const RecordingTerms& terms, const RecordedFile& file) = 0;

 protected:
  ~RecordingListener() = default;
};

/**
 * One recording of a session, or of a leg, which it ends with.
 *
 *     preparing ──▶ recording ──▶ ending ──▶ ended
 *         └── the folder cannot be made ──▶───┘        stop(), or a track that fails: ending
 *
 * Its time begins when its folder is there. The loop neither opens nor writes a file: a thread makes the folder and completes
 * it, and each track has its own.
 */
class Recording final : private HeardTap {
 public:
  enum class State { Preparing, Recording, Ending, Ended };
  /** Files of one recording at most: CONTRACT says it of archives. */
  static constexpr size_t kMaxFiles = 50;

  /** @param leg of which it is; nullptr: of a session @param wall Unix time @throws std::system_error when the machine has no thread to spare */
  Recording(std::string root, RecordingTerms terms, Leg* leg, Nanos wall, RecordingListener& listener);
  ~Recording();
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

  /** A tick of a mix, of whichever. */
  void hear(const Mix& mix, Nanos nominal, const uint8_t* audible, const MixedTick& tick, const MixedTick* next);
  /** That leg says nothing any more. */
  void legClosed(const std::string& leg, Nanos now);
  /** The file of a leg that is not among them any more is complete; chosen again, it begins another. */
  void choose(ChosenLegs legs, Nanos now);
  /** Goes on to the next state when its time has come. */
  void run(Nanos now);
  /** @param reason as in `recording.ended`; without effect once it is ending */
  void stop(const char* reason, Nanos now);
  /** Until it has ended: only for a loop that itself ends. */
  void finish(Nanos now);

  State state() const { return state_; }
  const RecordingTerms& terms() const { return folder_.terms(); }
  /** Legs that were heard when there were kMaxFiles already. */
  size_t notRecorded() const { return refused_.size(); }
  size_t files() const { return tracks_.size(); }
  // Once it has ended:
  const char* reason() const { return reason_; }
  const std::optional<RecordingFailure>& failure() const { return failure_; }
  Nanos duration() const { return duration_; }
  const std::list<Track>& tracks() const { return tracks_; }

 private:
  void prepare(Nanos wall);
  void complete();
  void heard(const int16_t* pcm, uint32_t rate, size_t samples) override;
  void release();
  void hearLeg(const Mix& mix, Nanos at, const uint8_t* audible, const MixedTick& tick, const MixedTick* next);
  Track* trackOf(const std::string& leg, Nanos at);
  Track* begin(RecordedFile file);
  bool says(const Mix& mix, size_t leg, const uint8_t* audible) const;
  void hearMixed(const Mix& mix, Nanos at, const uint8_t* audible, const MixedTick& tick, const MixedTick* next);
  void keepFailure(const RecordingFailure& failure) {
    if (!failure_) failure_ = failure;
  }

  RecordingFolder folder_;
  RecordingListener& listener_;
  Leg* leg_;
  /** When its leg's tick takes place, on the recording's clock. */
  Nanos legAt_ = -1;
  State state_ = State::Preparing;
  Nanos startedAt_ = 0;
  Nanos duration_ = 0;
  const char* reason_ = "stopped";
  /** Asked to end before it had begun. */
  bool stopEarly_ = false;
  std::optional<RecordingFailure> failure_;
  ChosenLegs chosen_;
  std::list<Track> tracks_;
  std::unordered_map<std::string, Track*> byLeg_;
  std::unordered_set<std::string> refused_;
  /** The keeper's work is done; what it wrote may be read. */
  std::atomic<bool> kept_{false};
  std::thread keeper_;
};

}  // namespace interconnect
