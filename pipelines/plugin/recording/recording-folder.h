#pragma once
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "engine/json-writer.h"
#include "recording/audio-file.h"
#include "recording/recorded-file.h"

namespace interconnect {

/** What the manifest says of a recording besides its files. */
struct RecordingTerms {
  std::string recording;
  /** Of a session: what is said in it. */
  std::string session;
  /** A file for each leg, not one of all. */
  bool individual = false;
  AudioFormat format = AudioFormat::OggOpus;
  uint32_t sampleRate = 48'000;
  /** Those that it begins with; nothing: all of the session, for ever. */
  std::optional<std::vector<std::string>> legs = std::nullopt;
  /** Or of a leg, wherever it is: what it says and what it hears; empty: of a session. */
  std::string leg{};
  /** Of a leg: 2 for a channel each, 1 for the sum. */
  unsigned channels = 1;
};

/**
 * The folder of one recording, with its files and `recording.json`, the manifest that says what is where: written anew, as a
 * whole, whenever a file begins or is complete. Used by threads that may wait for a disk; each method throws a Failure.
 */
class RecordingFolder {
 public:
  RecordingFolder(std::string root, RecordingTerms terms) : root_(std::move(root)), terms_(std::move(terms)) {}
  ~RecordingFolder();
  RecordingFolder(const RecordingFolder&) = delete;
  RecordingFolder& operator=(const RecordingFolder&) = delete;

  /** Once, before all else. @param startedAt Unix time */
  void make(Nanos startedAt);
  std::unique_ptr<OutputFile> open(const std::string& path) { return std::make_unique<OutputFile>(descriptor_, path); }
  /** Of that path what is known now. */
  void note(const RecordedFile& file);
  /** No more will come. @param reason as in `recording.ended` */
  void finish(const char* reason);

  const RecordingTerms& terms() const { return terms_; }

 private:
  std::string manifest() const;
  /** @param durable it is on the disk when this returns; before the end that would only cost time */
  void write(bool durable);

  const std::string root_;
  const RecordingTerms terms_;
  int descriptor_ = -1;
  std::mutex mutex_;
  Nanos startedAt_ = 0;
  std::optional<std::string> reason_;
  std::vector<RecordedFile> files_;
};

/** The same in the manifest and in `recording.ended`. */
void writeRecordedFile(JsonWriter& json, const RecordedFile& file);

}  // namespace interconnect
