#include "recording/ogg-opus-file.h"

#include "codec/chain-codec.h"
#include "engine/failure.h"

namespace interconnect {
namespace {

/** 32 kbit/s: RFC 7587 §3.1.1 recommends 28–40 for fullband speech. 2.5 ms of CPU a second at complexity 5. */
constexpr const char* kDescription =
    "opusenc bitrate=32000 complexity=5 ! oggmux max-delay=200000000 max-page-delay=500000000";

GstClockTime timeOf(uint64_t samples, uint32_t rate) { return gst_util_uint64_scale(samples, GST_SECOND, rate); }

}  // namespace

OggOpusFile::OggOpusFile(std::unique_ptr<OutputFile> file, uint32_t sampleRate)
    : file_(std::move(file)), sampleRate_(sampleRate), chain_(kDescription, pcmCaps(sampleRate), "ANY") {
  requireGood();
}

void OggOpusFile::write(const int16_t* pcm, size_t n) {
  const Span bytes{reinterpret_cast<const uint8_t*>(pcm), n * sizeof(int16_t)};
  chain_.push(bytes, timeOf(samples_, sampleRate_), timeOf(n, sampleRate_), *this);
  samples_ += n;
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
