#include "video/leg-video.h"

#include <algorithm>

namespace interconnect {
namespace {

constexpr Nanos kReports = kSecond;
constexpr Nanos kBetweenChoices = 100 * kMillisecond;

/** How far the time stamps of one layer are behind those of another, by their sender reports. */
std::optional<uint32_t> shiftBetween(const std::optional<SenderInfo>& from, const std::optional<SenderInfo>& to) {
  if (!from || !to) return std::nullopt;
  // 32.32 fixed point; one that is hours off is found out where it is used.
  const auto apart = static_cast<int64_t>(to->ntp - from->ntp);
  const auto units = static_cast<int64_t>(static_cast<double>(apart) * kVideoClockRate / 4294967296.0);
  return from->rtpTimestamp + static_cast<uint32_t>(units) - to->rtpTimestamp;
}

}  // namespace

LegVideo::~LegVideo() {
  see(nullptr);
  while (!viewers_.empty()) viewers_.back()->see(nullptr);
}

void LegVideo::receive(std::optional<VideoReceiveSpec> spec) {
  if (!spec) return receiver_.reset();
  if (receiver_ && receiver_->layersStay(*spec)) return receiver_->set(std::move(*spec));
  receiver_.emplace(std::move(*spec));
  for (LegVideo* viewer : viewers_) viewer->restart();
  limit();
}

void LegVideo::send(std::optional<VideoSendSpec> spec) {
  if (!spec) return sender_.reset();
  if (sender_ && sender_->spec().ssrc == spec->ssrc) {
    sender_->set(std::move(*spec));
  } else {
    sender_.emplace(std::move(*spec), output_, random_);
    restart();
  }
  needKeyFrame();
}

void LegVideo::opened() {
  if (!sender_) return;
  restart();
  needKeyFrame();
}

/** Another source, or this one anew. */
void LegVideo::restart() {
  if (sender_) sender_->restart();
  choice_.restart();
  shown_.reset();
  chosen_.reset();
  nextChoice_ = 0;
}

void LegVideo::prefer(std::optional<VideoSize> size) {
  choice_.prefer(size);
  nextChoice_ = 0;
}

void LegVideo::see(LegVideo* source) {
  if (source == source_) return;
  if (source_ != nullptr) {
    auto& others = source_->viewers_;
    others.erase(std::remove(others.begin(), others.end(), this), others.end());
    source_->limit();
  }
  source_ = source;
  restart();
  if (source == nullptr) return;
  source->viewers_.push_back(this);
  source->limit();
  needKeyFrame();
}

/** One that comes before it can be shown would be wasted, and the next one has to wait for its turn. */
void LegVideo::needKeyFrame() {
  if (source_ == nullptr || !source_->receiver_ || !output_.mayBeShown()) return;
  VideoLayers& layers = *source_->receiver_;
  // Of simulcast the one that is waited for is asked for when it is chosen.
  if (!layers.simulcast()) layers.layer(0).needKeyFrame();
  else if (shown_) layers.layer(*shown_).needKeyFrame();
}

/** The source is to stay below what the weakest of its viewers can take; of layers he is sent one that he can take. */
void LegVideo::limit() {
  std::optional<uint64_t> least;
  if (receiver_ && receiver_->simulcast()) return receiver_->setBitrate(std::nullopt);
  for (const LegVideo* viewer : viewers_) {
    if (viewer->bitrate_) least = std::min(least.value_or(UINT64_MAX), *viewer->bitrate_);
  }
  if (receiver_) receiver_->setBitrate(least);
}

void LegVideo::video(size_t layer, const RtpPacket& packet, int64_t number, const VideoCodec& codec, Nanos now) {
  for (LegVideo* viewer : viewers_) {
    if (viewer->sender_ && viewer->output_.mayBeShown()) viewer->show(layer, packet, number, codec, now);
  }
}

void LegVideo::show(size_t layer, const RtpPacket& packet, int64_t number, const VideoCodec& codec, Nanos now) {
  if (!source_->receiver_->simulcast()) return sender_->forward(packet, number, codec, now);
  if (now >= nextChoice_) choose(now);
  if (layer == chosen_ && shown_ != chosen_ && keyFrameSize(codec.name, packet.payload)) change(layer);
  if (layer == shown_) sender_->forward(packet, number, codec, now);
}

void LegVideo::choose(Nanos now) {
  nextChoice_ = now + kBetweenChoices;
  VideoLayers& layers = *source_->receiver_;
  chosen_ = choice_.choose(layers.active(now), estimate_, now);
  if (chosen_ && chosen_ != shown_) layers.layer(*chosen_).needKeyFrame();
}

/** From a key frame on. */
void LegVideo::change(size_t layer) {
  const VideoLayers& layers = *source_->receiver_;
  if (shown_) sender_->changeLayer(shiftBetween(layers.layer(*shown_).reported(), layers.layer(layer).reported()));
  else sender_->restart();
  shown_ = layer;
}

void LegVideo::videoRestarted(size_t layer) {
  for (LegVideo* viewer : viewers_) {
    if (!receiver_->simulcast()) viewer->restart();
    else if (viewer->shown_ == layer) viewer->shown_.reset();
  }
}

bool LegVideo::feedback(Span datagram, const std::optional<RtcpCompound>& compound, Nanos arrival) {
  VideoReceiver* received = receiver_ && compound ? receiver_->withSsrc(compound->ssrc) : nullptr;
  if (received != nullptr && compound->sender) received->senderReport(*compound->sender, arrival);
  const bool ofVideo = received != nullptr;
  if (!sender_) return ofVideo;
  const auto feedback = parseRtcpFeedback(datagram, sender_->spec().ssrc);
  if (!feedback) return ofVideo;
  if (feedback->keyFrame) needKeyFrame();
  if (feedback->bitrate) {
    estimate_ = feedback->bitrate;
    estimated(*feedback->bitrate);
    if (source_ != nullptr) source_->limit();
  }
  if (source_ == nullptr || !source_->receiver_) return ofVideo;
  const VideoLayers& layers = *source_->receiver_;
  if (!layers.simulcast() || shown_) sender_->repeat(*feedback, layers.layer(shown_.value_or(0)).history());
  return ofVideo;
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
