#pragma once
#include <memory>
#include <string>

#include "recording/output-file.h"

namespace interconnect {

enum class AudioFormat { OggOpus, Wav };

/** "ogg" or "wav": in the protocol and at the end of file names. */
const char* nameOf(AudioFormat format);

/**
 * A file of audio, of one channel or two, that can be played however its writer ends: what was written a second and more
 * before. To be made and used in one thread. Every method throws a Failure with a code of protocol.ts.
 */
class AudioFile {
 public:
  virtual ~AudioFile() = default;
  /** @param n samples, of all channels together */
  virtual void write(const int16_t* pcm, size_t n) = 0;
  /** What is written so far becomes playable; asked for every 100 ms. */
  virtual void flush() = 0;
  /** Completes the file; on the disk when it returns. */
  virtual void close() = 0;
  virtual uint64_t bytes() const = 0;
};

/** What the samples of a file are. */
struct AudioShape {
  /** 8000, 16000 or 48000 */
  uint32_t sampleRate = 48'000;
  /** 1 or 2 */
  unsigned channels = 1;
};

std::unique_ptr<AudioFile> makeAudioFile(AudioFormat format, std::unique_ptr<OutputFile> file, AudioShape shape);

}  // namespace interconnect
