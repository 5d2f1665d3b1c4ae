#pragma once
#include "recording/audio-file.h"

namespace interconnect {

/** 16-bit PCM in RIFF. Its header is written anew with every flush(), so that it says how much is there: players believe it. */
class WavFile final : public AudioFile {
 public:
  WavFile(std::unique_ptr<OutputFile> file, AudioShape shape);
  void write(const int16_t* pcm, size_t n) override;
  void flush() override;
  void close() override;
  uint64_t bytes() const override { return file_->size(); }

 private:
  const std::unique_ptr<OutputFile> file_;
  const AudioShape shape_;
};

}  // namespace interconnect
