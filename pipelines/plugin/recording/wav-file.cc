#include "recording/wav-file.h"

#include <array>
#include <cstring>

#include "engine/failure.h"

namespace interconnect {
namespace {

constexpr size_t kHeaderBytes = 44;
/** RIFF sizes have 32 bits. */
constexpr uint64_t kMaxBytes = 0xffff'ffff;

void little32(uint8_t* p, uint64_t value) {
  for (int i = 0; i < 4; i++) p[i] = static_cast<uint8_t>(value >> (8 * i));
}

std::array<uint8_t, kHeaderBytes> header(AudioShape shape, uint64_t dataBytes) {
  // RIFF, PCM (1), two bytes a sample.
  std::array<uint8_t, kHeaderBytes> h{'R', 'I', 'F', 'F', 0, 0, 0, 0, 'W', 'A', 'V', 'E', 'f', 'm', 't', ' ', 16, 0, 0, 0, 1, 0, static_cast<uint8_t>(shape.channels), 0};
  little32(&h[4], kHeaderBytes - 8 + dataBytes);
  little32(&h[24], shape.sampleRate);
  little32(&h[28], uint64_t{shape.sampleRate} * shape.channels * 2);
  h[32] = static_cast<uint8_t>(shape.channels * 2);
  h[34] = 16;
  std::memcpy(&h[36], "data", 4);
  little32(&h[40], dataBytes);
  return h;
}

}  // namespace

WavFile::WavFile(std::unique_ptr<OutputFile> file, AudioShape shape) : file_(std::move(file)), shape_(shape) {
  const auto h = header(shape_, 0);
  file_->append({h.data(), h.size()});
}

void WavFile::write(const int16_t* pcm, size_t n) {
  static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "samples are written as they lie in memory");
  if (file_->size() + n * sizeof(int16_t) > kMaxBytes) {
    throw Failure("media.recording-failed", "a WAV file can hold no more than 4 GB; Ogg has no such limit");
  }
  file_->append({reinterpret_cast<const uint8_t*>(pcm), n * sizeof(int16_t)});
}

void WavFile::flush() {
  const auto h = header(shape_, file_->size() - kHeaderBytes);
  file_->overwrite(0, {h.data(), h.size()});
}

void WavFile::close() {
  flush();
  file_->sync();
}

}  // namespace interconnect
