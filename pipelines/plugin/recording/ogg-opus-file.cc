#include "recording/ogg-opus-file.h"

#include "codec/chain-codec.h"
#include "engine/failure.h"

namespace interconnect {
namespace {

/** 32 kbit/s a channel: RFC 7587 §3.1.1 recommends 28–40 for fullband speech. 2.5 ms of CPU a second at complexity 5. */
std::string description(unsigned channels) {
  return "opusenc bitrate=" + std::to_string(32'000 * channels) +
         " complexity=5 ! oggmux max-delay=200000000 max-page-delay=500000000";
}

GstClockTime timeOf(uint64_t samples, uint32_t rate) { return gst_util_uint64_scale(samples, GST_SECOND, rate); }

}  // namespace

OggOpusFile::OggOpusFile(std::unique_ptr<OutputFile> file, AudioShape shape)
    : file_(std::move(file)), shape_(shape), chain_(description(shape.channels), pcmCaps(shape.sampleRate, shape.channels), "ANY") {
  requireGood();
}

void OggOpusFile::write(const int16_t* pcm, size_t n) {
  const Span bytes{reinterpret_cast<const uint8_t*>(pcm), n * sizeof(int16_t)};
  const size_t samples = n / shape_.channels;
  chain_.push(bytes, timeOf(samples_, shape_.sampleRate), timeOf(samples, shape_.sampleRate), *this);
  samples_ += samples;
  requireGood();
}

void OggOpusFile::close() {
  chain_.finish(*this);
  requireGood();
  file_->sync();
}

void OggOpusFile::buffer(GstBuffer* buffer) {
  GstMapInfo map;
  if (gst_buffer_map(buffer, &map, GST_MAP_READ) == FALSE) return;
  page_.append(reinterpret_cast<const char*>(map.data), map.size);
  gst_buffer_unmap(buffer, &map);
}

void OggOpusFile::requireGood() {
  if (!chain_.failure().empty()) throw Failure("media.recording-failed", "Opus cannot be encoded: " + chain_.failure());
  if (page_.empty()) return;
  file_->append({reinterpret_cast<const uint8_t*>(page_.data()), page_.size()});
  page_.clear();
}

}  // namespace interconnect
