#include "player/file-readers.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <system_error>

#include "engine/failure.h"
#include "player/allowed-file.h"
#include "player/decode-file.h"

namespace interconnect {
namespace {

/** Each costs a thread and GStreamer's own ones. */
constexpr size_t kMaxReaders = 128;
constexpr size_t kSecondsAhead = 2;
/** The longest ramp, seconds: an end is in sight before that begins. */
constexpr size_t kFadeAhead = 1;
/** So much is there before the first sample is heard: ten ticks, in which a disk may take its time. */
constexpr size_t kReadyMs = 200;
/** How long the thread sleeps when it is far enough ahead: a fraction of what is ahead. */
constexpr auto kNap = std::chrono::milliseconds(50);
/** A file that is over at once would be opened again and again without end. */
constexpr size_t kShortestLoopMs = 100;

class FileSource final : public AudioSource {
 public:
  FileSource(std::shared_ptr<FileReading> reading, uint32_t rate, FilePace pace)
      : reading_(std::move(reading)), rate_(rate), enough_(rate * kReadyMs / 1000), pace_(pace) {}
  ~FileSource() override { reading_->stopped = true; }

  bool ready() const override {
    wait(enough_);
    return has(enough_);
  }
  size_t read(int16_t* out, size_t n) override {
    wait(n + kFadeAhead * rate_);
    return reading_->samples.pop(out, n);
  }
  std::optional<size_t> left() const override {
    if (!reading_->finished) return std::nullopt;
    return reading_->samples.size();
  }
  const SourceFailure* failure() const override { return reading_->failure.code != nullptr ? &reading_->failure : nullptr; }

 private:
  bool has(size_t n) const { return reading_->finished || reading_->samples.size() >= n; }
  void wait(size_t n) const {
    while (pace_ == FilePace::DrivenTime && !has(n)) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

  const std::shared_ptr<FileReading> reading_;
  const uint32_t rate_;
  const size_t enough_;
  const FilePace pace_;
};

/** Gives all of it, as fast as the loop takes it; false when nobody listens any more. */
bool giveAll(FileReading& reading, const int16_t* pcm, size_t n) {
  while (!reading.stopped) {
    const size_t given = reading.samples.push(pcm, n);
    pcm += given;
    n -= given;
    if (n == 0) return true;
    std::this_thread::sleep_for(kNap);
  }
  return false;
}

SourceFailure readAll(const FileToPlay& file, FileReading& reading) {
  const AllowedFile allowed = openAllowed(file.directory, file.file);
  if (!allowed.descriptor.valid()) return {"media.file-refused", file.file + " " + allowed.refusal};
  for (unsigned played = 0; file.loops == 0 || played < file.loops; played++) {
    size_t samples = 0;
    const auto take = [&](const int16_t* pcm, size_t n) {
      samples += n;
      return giveAll(reading, pcm, n);
    };
    const auto why = decodeFile(allowed.descriptor.get(), file.rate, take, [&] { return reading.stopped.load(); });
    if (why) return {"media.file-undecodable", file.file + " " + *why};
    if (reading.stopped) break;
    if (file.loops != 1 && samples < file.rate * kShortestLoopMs / 1000) {
      return {"media.file-undecodable", file.file + " is too short to be repeated"};
    }
  }
  return {nullptr, ""};
}

}  // namespace

FileReaders::~FileReaders() {
  for (Reader& reader : readers_) reader.reading->stopped = true;
  for (Reader& reader : readers_) reader.thread.join();
}

void FileReaders::reap() {
  readers_.remove_if([](Reader& reader) {
    if (!reader.reading->finished) return false;
    reader.thread.join();
    return true;
  });
}

std::unique_ptr<AudioSource> FileReaders::read(const FileToPlay& file) {
  reap();
  if (readers_.size() >= kMaxReaders) throw Failure("media.too-many-players", "as many files are being played as can be");
  auto reading = std::make_shared<FileReading>(file.rate * kSecondsAhead);
  try {
    std::thread thread([file, reading] {
      pthread_setname_np(pthread_self(), "file-reader");
      reading->failure = readAll(file, *reading);
      reading->finished = true;
    });
    readers_.push_back({reading, std::move(thread)});
  } catch (const std::system_error&) {
    throw Failure("media.too-many-players", "the machine has no thread left to read a file");
  }
  return std::make_unique<FileSource>(std::move(reading), file.rate, pace_);
}

}  // namespace interconnect
