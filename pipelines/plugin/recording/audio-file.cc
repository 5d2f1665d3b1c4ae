#include "recording/audio-file.h"

#include "recording/ogg-opus-file.h"
#include "recording/wav-file.h"

namespace interconnect {

const char* nameOf(AudioFormat format) { return format == AudioFormat::Wav ? "wav" : "ogg"; }

std::unique_ptr<AudioFile> makeAudioFile(AudioFormat format, std::unique_ptr<OutputFile> file, AudioShape shape) {
  if (format == AudioFormat::Wav) return std::make_unique<WavFile>(std::move(file), shape);
  return std::make_unique<OggOpusFile>(std::move(file), shape);
}

}  // namespace interconnect
