#pragma once
#include <memory>
#include <optional>

#include "clock/clock.h"
#include "engine/event-writer.h"
#include "recording/recording.h"

namespace interconnect {

/** All recordings of an engine. With none of them a tick costs one comparison. */
class Recordings final : public MixTap, public RecordingListener {
 public:
  /** Each has threads of its own. */
  static constexpr size_t kMax = 64;

  /** @param root the one folder in which recordings are made; empty: none are */
  Recordings(const Clock& clock, std::string root, const LineOutput& output);
  ~Recordings();

  /** It has begun with `recording.started`. @param leg of which it is; nullptr: of a session @throws Failure media.recording-exists, media.recording-directory, media.too-many-recordings */
  void start(const std::string& directory, RecordingTerms terms, Leg* leg);
  /** Its files are complete with `recording.ended`. @throws Failure media.recording-unknown */
  void stop(const std::string& recording);
  /** From now on it is of these legs. @throws Failure media.recording-unknown */
  void choose(const std::string& recording, ChosenLegs legs);
  void stopAll(const char* reason);
  /** Complete, and told of, when it returns: only for an engine that itself ends. */
  void finishAll();
  void legClosed(const std::string& leg);
  /** @param heard all ticks until then have been heard */
  void run(Nanos heard);
  /** When run() is to be called next; nothing while there are no recordings. */
  std::optional<Nanos> next() const;
  bool empty() const { return recordings_.empty(); }
  void hear(const Mix& mix, Nanos nominal, const uint8_t* audible, const MixedTick& tick, const MixedTick* next) override;
  /** For the dump. */
  void write(JsonWriter& json) const;

 private:
  /** @throws Failure media.recording-unknown */
  Recording& find(const std::string& recording);
  void started(const RecordingTerms& terms) override;
  void fileStarted(const RecordingTerms& terms, const RecordedFile& file) override;
  void ended(const Recording& recording);

  const Clock& clock_;
  const std::string root_;
  const LineOutput& output_;
  std::list<Recording> recordings_;
  Nanos nextRun_ = 0;
};

}  // namespace interconnect
