#include "video/video-layers.h"

#include <algorithm>
#include <string_view>

#include "rtp/bytes.h"
#include "rtp/header-extension.h"
#include "video/rtcp-feedback.h"

namespace interconnect {
namespace {

constexpr Nanos kReports = kSecond;
/** A camera that is short of bitrate stops its largest layers. */
constexpr Nanos kStopped = kSecond;

uint64_t pixels(const LayerState& state) { return uint64_t{state.size->width} * state.size->height; }

}  // namespace

VideoLayers::VideoLayers(VideoReceiveSpec spec) : spec_(std::move(spec)) {
  const size_t count = spec_.simulcast ? spec_.simulcast->rids.size() : 1;
  for (size_t i = 0; i < count; i++) layers_.push_back(std::make_unique<Layer>(Layer{{spec_.codecs, i}, {}, {}}));
}

bool VideoLayers::layersStay(const VideoReceiveSpec& spec) const {
  return spec.simulcast.has_value() == simulcast() && (!simulcast() || spec.simulcast->rids == spec_.simulcast->rids);
}

void VideoLayers::set(VideoReceiveSpec spec) {
  spec_ = std::move(spec);
  for (const auto& layer : layers_) layer->receiver.set(spec_.codecs);
}

bool VideoLayers::takes(uint8_t payloadType) const {
  return repeats(payloadType) ||
         std::any_of(spec_.codecs.begin(), spec_.codecs.end(), [&](const VideoCodec& codec) { return codec.payloadType == payloadType; });
}

bool VideoLayers::repeats(uint8_t payloadType) const {
  return std::any_of(spec_.codecs.begin(), spec_.codecs.end(), [&](const VideoCodec& codec) { return codec.retransmission == payloadType; });
}

/** nullptr when it says no RID, or none that was agreed on. */
VideoLayers::Layer* VideoLayers::named(const RtpPacket& packet, Span datagram) {
  const SimulcastSpec& spec = *spec_.simulcast;
  const bool again = repeats(packet.payloadType);
  const auto id = again ? spec.repairedRidExtension : std::optional(spec.ridExtension);
  const auto rid = id ? headerExtension(datagram, *id) : std::nullopt;
  if (!rid) return nullptr;
  const std::string_view name(reinterpret_cast<const char*>(rid->data), rid->size);
  const auto found = std::find(spec.rids.begin(), spec.rids.end(), name);
  if (found == spec.rids.end()) return nullptr;
  Layer* layer = layers_[static_cast<size_t>(found - spec.rids.begin())].get();
  // A stream is of one layer.
  for (const auto& each : layers_) {
    if (each->ssrc == packet.ssrc) each->ssrc.reset();
    if (each->repeats == packet.ssrc) each->repeats.reset();
  }
  (again ? layer->repeats : layer->ssrc) = packet.ssrc;
  return layer;
}

VideoLayers::Layer* VideoLayers::layerOf(const RtpPacket& packet, Span datagram) {
  if (!spec_.simulcast) return layers_.front().get();
  if (Layer* layer = named(packet, datagram)) return layer;
  const bool again = repeats(packet.payloadType);
  for (const auto& each : layers_) {
    if ((again ? each->repeats : each->ssrc) == packet.ssrc) return each.get();
  }
  return nullptr;
}

void VideoLayers::put(const RtpPacket& packet, Span datagram, Nanos arrival, VideoListener& out) {
  if (spec_.transportSequence) {
    const auto sequence = headerExtension(datagram, *spec_.transportSequence);
    if (sequence && sequence->size == 2) arrivals_.came(read16(sequence->data), arrival);
  }
  Layer* layer = layerOf(packet, datagram);
  if (layer == nullptr) return;
  // Retransmissions may be padding to probe with: they say nothing of a layer.
  if (!repeats(packet.payloadType)) layer->lastArrival = arrival;
  layer->receiver.put(packet, arrival, out);
}

std::vector<LayerState> VideoLayers::active(Nanos now) {
  std::vector<LayerState> active;
  for (size_t i = 0; i < layers_.size(); i++) {
    VideoReceiver& receiver = layers_[i]->receiver;
    if (!receiver.ssrc() || now - layers_[i]->lastArrival > kStopped) continue;
    active.push_back({i, receiver.bitrate(now), receiver.size()});
  }
  const bool known = std::all_of(active.begin(), active.end(), [](const LayerState& state) { return state.size.has_value(); });
  // Before that the order of the offer counts.
  if (known) std::stable_sort(active.begin(), active.end(), [](const LayerState& a, const LayerState& b) { return pixels(a) < pixels(b); });
  return active;
}

VideoReceiver* VideoLayers::withSsrc(uint32_t ssrc) {
  const auto found = std::find_if(layers_.begin(), layers_.end(), [&](const auto& each) { return each->receiver.ssrc() == ssrc; });
  return found == layers_.end() ? nullptr : &(*found)->receiver;
}

const VideoReceiver* VideoLayers::withSsrc(uint32_t ssrc) const { return const_cast<VideoLayers*>(this)->withSsrc(ssrc); }

size_t VideoLayers::writeFeedback(uint8_t* out, size_t capacity, uint32_t own, Nanos now) {
  std::optional<uint32_t> about;
  for (const auto& each : layers_) about = about ? about : each->receiver.ssrc();
  if (!about) return 0;
  size_t bytes = 0;
  if (now >= nextReport_) {
    nextReport_ = now + kReports;
    for (const auto& each : layers_) bytes += each->receiver.writeReport(out + bytes, capacity - bytes, own, now);
    bytes += writeBitrate(out + bytes, capacity - bytes, own, *about, std::min<uint64_t>(spec_.maxBitrate, bitrate_.value_or(UINT64_MAX)));
  }
  for (const auto& each : layers_) bytes += each->receiver.writeFeedback(out + bytes, capacity - bytes, own, now);
  // What has no room waits.
  return bytes + arrivals_.write(out + bytes, capacity - bytes, own, *about, now);
}

}  // namespace interconnect
