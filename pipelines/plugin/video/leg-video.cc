#include "video/leg-video.h"

#include <algorithm>

namespace interconnect {
namespace {

constexpr Nanos kReports = kSecond;

}  // namespace

LegVideo::~LegVideo() {
  see(nullptr);
  while (!viewers_.empty()) viewers_.back()->see(nullptr);
}

void LegVideo::receive(std::optional<VideoReceiveSpec> spec) {
  if (!spec) return receiver_.reset();
  if (receiver_) receiver_->set(std::move(*spec));
  else receiver_.emplace(std::move(*spec));
  limit();
}

void LegVideo::send(std::optional<VideoSendSpec> spec) {
  if (!spec) return sender_.reset();
  if (sender_ && sender_->spec().ssrc == spec->ssrc) sender_->set(std::move(*spec));
  else sender_.emplace(std::move(*spec), output_, random_);
  needKeyFrame();
}

void LegVideo::opened() {
  if (!sender_) return;
  sender_->restart();
  needKeyFrame();
}

void LegVideo::see(LegVideo* source) {
  if (source == source_) return;
  if (source_ != nullptr) {
    auto& others = source_->viewers_;
    others.erase(std::remove(others.begin(), others.end(), this), others.end());
    source_->limit();
  }
  source_ = source;
  if (sender_) sender_->restart();
  if (source == nullptr) return;
  source->viewers_.push_back(this);
  source->limit();
  needKeyFrame();
}

/** One that comes before it can be shown would be wasted, and the next one has to wait for its turn. */
void LegVideo::needKeyFrame() {
  if (source_ != nullptr && source_->receiver_ && output_.mayBeShown()) source_->receiver_->needKeyFrame();
}

/** The source is to stay below what the weakest of its viewers can take. */
void LegVideo::limit() {
  std::optional<uint64_t> least;
  for (const LegVideo* viewer : viewers_) {
    if (viewer->bitrate_) least = std::min(least.value_or(UINT64_MAX), *viewer->bitrate_);
  }
  if (receiver_) receiver_->setBitrate(least);
}

void LegVideo::video(const RtpPacket& packet, int64_t number, const VideoCodec& codec, Nanos now) {
  for (LegVideo* viewer : viewers_) {
    if (viewer->sender_ && viewer->output_.mayBeShown()) viewer->sender_->forward(packet, number, codec, now);
  }
}

void LegVideo::videoRestarted() {
  for (LegVideo* viewer : viewers_) {
    if (viewer->sender_) viewer->sender_->restart();
  }
}

void LegVideo::feedback(Span datagram, const std::optional<SenderInfo>& report, Nanos arrival) {
  if (report && receiver_) receiver_->senderReport(report->ntp, arrival);
  if (!sender_) return;
  const auto feedback = parseRtcpFeedback(datagram, sender_->spec().ssrc);
  if (!feedback) return;
  if (feedback->keyFrame) needKeyFrame();
  if (feedback->bitrate) {
    estimated(*feedback->bitrate);
    if (source_ != nullptr) source_->limit();
  }
  if (source_ != nullptr && source_->receiver_) sender_->repeat(*feedback, source_->receiver_->history());
}

/**
 * An estimate follows what arrives: it is at most half above it, and 15 % below after any hiccup. Before one says that a good
 * part did not arrive, it says nothing of what the way could carry, and would keep a camera at what it began with.
 */
void LegVideo::estimated(uint64_t bitrate) {
  constexpr double kBelow = 0.75;
  if (!bitrate_ && static_cast<double>(bitrate) >= kBelow * static_cast<double>(sender_->bitrate())) return;
  bitrate_ = bitrate;
}

size_t LegVideo::writeFeedback(uint8_t* out, size_t capacity, uint32_t own, uint64_t ntp, Nanos now) {
  if (receiver_) return receiver_->writeFeedback(out, capacity, own, now);
  if (!sender_ || now < nextReport_) return 0;
  nextReport_ = now + kReports;
  RtcpMessage report;
  report.ssrc = sender_->spec().ssrc;
  report.sender = sender_->senderInfo(ntp, now);
  return report.sender ? writeRtcp(out, capacity, report) : 0;
}

}  // namespace interconnect
