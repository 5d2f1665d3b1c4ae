#pragma once
#include <atomic>
#include <list>
#include <memory>
#include <string>
#include <thread>

#include "base/spsc-ring.h"
#include "player/audio-source.h"

namespace interconnect {

struct FileToPlay {
  /** The file is below it, and nowhere else. */
  std::string directory;
  std::string file;
  uint32_t rate;
  /** How many times; 0: again and again. */
  unsigned loops;
};

/** What a reader's thread and the loop share. */
struct FileReading {
  explicit FileReading(size_t capacity) : samples(capacity) {}
  SpscRing<int16_t> samples;
  /** Set by the thread when it has nothing more to give; `failure` and all samples are there by then. */
  std::atomic<bool> finished{false};
  /** Set by the loop when nobody listens any more. */
  std::atomic<bool> stopped{false};
  SourceFailure failure{nullptr, ""};
};

/** Whether the loop, which never waits for a file in real time, does so where time is driven: there a disk has none. */
enum class FilePace { RealTime, DrivenTime };

/**
 * Reads files for players: a thread each, which opens, decodes and waits for the disk in the loop's stead. What is decoded
 * is two seconds ahead at most.
 */
class FileReaders {
 public:
  explicit FileReaders(FilePace pace) : pace_(pace) {}
  /** Waits for its threads: at most as long as the disk takes. */
  ~FileReaders();
  FileReaders(const FileReaders&) = delete;
  FileReaders& operator=(const FileReaders&) = delete;

  /** @throws Failure media.too-many-players */
  std::unique_ptr<AudioSource> read(const FileToPlay& file);

 private:
  struct Reader {
    std::shared_ptr<FileReading> reading;
    std::thread thread;
  };
  void reap();

  const FilePace pace_;
  std::list<Reader> readers_;
};

}  // namespace interconnect
