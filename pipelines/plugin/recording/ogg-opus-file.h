#pragma once
#include "codec/chain.h"
#include "recording/audio-file.h"

namespace interconnect {

/** Opus in Ogg, encoded and put into pages by GStreamer in the thread that writes. A page holds half a second at most. */
class OggOpusFile final : public AudioFile, private ChainSink {
 public:
  OggOpusFile(std::unique_ptr<OutputFile> file, AudioShape shape);
  void write(const int16_t* pcm, size_t n) override;
  void flush() override {}
  void close() override;
  uint64_t bytes() const override { return file_->size(); }

 private:
  void buffer(GstBuffer* buffer) override;
  void requireGood();

  const std::unique_ptr<OutputFile> file_;
  const AudioShape shape_;
  Chain chain_;
  /** Of one channel. */
  uint64_t samples_ = 0;
  /** What came out of the chain; written once it has returned, as nothing may be thrown through GStreamer. */
  std::string page_;
};

}  // namespace interconnect
