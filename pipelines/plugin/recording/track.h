#pragma once
#include <atomic>
#include <condition_variable>
#include <functional>
#include <thread>

#include "engine/tick.h"
#include "recording/recording-folder.h"
#include "recording/timeline.h"
#include "recording/track-queue.h"

namespace interconnect {

/**
 * One file that is being recorded, with a thread of its own for its codec and its disk. The loop puts ticks into a bounded
 * queue; where the thread is that far behind they become silence of the same length. The file of a leg has two queues: what
 * the leg says, and what it hears.
 */
class Track {
 public:
  /** @throws std::system_error when the machine has no thread to spare */
  Track(RecordingFolder& folder, RecordedFile file);
  ~Track();
  Track(const Track&) = delete;
  Track& operator=(const Track&) = delete;

  // The loop's side; nothing of it waits.
  /** @param next the same tick at the rate at which the audio goes on, or nothing: `samples` and `rate` are 0 */
  void push(Nanos at, const int16_t* pcm, uint32_t rate, size_t samples, const int16_t* next = nullptr, uint32_t nextRate = 0);
  /** Of a leg's file: what it hears in that tick. */
  void pushHeard(Nanos at, const int16_t* pcm, uint32_t rate, size_t samples);
  /** All ticks until then have been pushed. */
  void passed(Nanos at) { passed_.store(at, std::memory_order_release); }
  /** The file ends there; the thread completes it. */
  void end(Nanos at);
  bool ended() const { return ending_.load(std::memory_order_relaxed); }
  /** The thread has failed; it writes no more. */
  bool failed() const { return failed_.load(std::memory_order_acquire); }

  /** Waits for the thread to end, so not for the loop. */
  void join();
  // Once it is joined:
  const RecordedFile& file() const { return file_; }
  const std::optional<RecordingFailure>& failure() const { return failure_; }

 private:
  void run();
  void record(AudioFile& file);
  void recordSides(AudioFile& file);
  /** @param drain empties the queues and fills up with silence to the time that has passed */
  void write(AudioFile& file, const std::function<void(Nanos passed)>& drain);
  /** What became of the file, whether it is complete or has failed. */
  struct EndNote {
    Track& track;
    const Timeline& timeline;
    const AudioFile& file;
    ~EndNote() { track.noteEnd(timeline, file.bytes()); }
  };
  void noteEnd(const Timeline& timeline, uint64_t bytes);
  void missed() { missed_.store(missed_.load(std::memory_order_relaxed) + kTick, std::memory_order_relaxed); }
  void wait();

  RecordingFolder& folder_;
  RecordedFile file_;
  TrackQueue queue_;
  // Of a leg's file; by pointer, as most files have none.
  const std::unique_ptr<TrackQueue> heard_;
  std::atomic<Nanos> passed_;
  std::atomic<Nanos> missed_{0};
  std::atomic<bool> ending_{false};
  std::atomic<bool> failed_{false};
  std::optional<RecordingFailure> failure_;
  std::mutex mutex_;
  std::condition_variable woken_;
  // Last: it uses all of the above.
  std::thread thread_;
};

}  // namespace interconnect
