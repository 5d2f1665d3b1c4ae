#include "offline/wav-writer.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace interconnect {
namespace {

/** RIFF sizes have 32 bits; a day of 8 kHz is a third of it. */
constexpr uint64_t kMaxSamples = 0x7f000000;

void little32(uint8_t* p, uint32_t value) {
  for (int i = 0; i < 4; i++) p[i] = static_cast<uint8_t>(value >> (8 * i));
}

}  // namespace

WavWriter::WavWriter(const std::string& path, uint32_t sampleRate)
    : file_(std::fopen(path.c_str(), "wb")), sampleRate_(sampleRate) {
  if (usable()) header();
}

WavWriter::~WavWriter() {
  if (!usable()) return;
  std::rewind(file_.get());
  header();
}

void WavWriter::put(const void* bytes, size_t n) { std::fwrite(bytes, 1, n, file_.get()); }

void WavWriter::header() {
  const auto bytes = static_cast<uint32_t>(samples_ * 2);
  // RIFF, PCM (1), one channel, two bytes a sample.
  std::array<uint8_t, 44> h{'R', 'I', 'F', 'F', 0, 0, 0, 0, 'W', 'A', 'V', 'E', 'f', 'm', 't', ' ', 16, 0, 0, 0, 1, 0, 1, 0};
  little32(&h[4], 36 + bytes);
  little32(&h[24], sampleRate_);
  little32(&h[28], sampleRate_ * 2);
  h[32] = 2;
  h[34] = 16;
  std::memcpy(&h[36], "data", 4);
  little32(&h[40], bytes);
  put(h.data(), h.size());
}

void WavWriter::write(uint64_t position, const int16_t* pcm, size_t n) {
  if (!usable() || position < samples_ || position + n > kMaxSamples) return;
  const std::array<int16_t, 4096> silence{};
  while (samples_ < position) {
    const auto gap = static_cast<size_t>(std::min<uint64_t>(position - samples_, silence.size()));
    put(silence.data(), gap * 2);
    samples_ += gap;
  }
  put(pcm, n * 2);
  samples_ += n;
}

}  // namespace interconnect
