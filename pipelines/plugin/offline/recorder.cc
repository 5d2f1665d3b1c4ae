#include "offline/recorder.h"

#include <vector>

#include "codec/make-codec.h"
#include "engine/failure.h"
#include "rtp/packet.h"

namespace interconnect {
namespace {

/** Leg ids are free text; file names are not. */
std::string fileName(const std::string& leg) {
  std::string name = leg;
  for (char& c : name) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
    if (!plain) c = '_';
  }
  return name + ".wav";
}

}  // namespace

void Recorder::command(std::string_view line) {
  if (folder_.empty()) return;
  try {
    const Command command = Request(line).command();
    if (const auto* open = std::get_if<OpenLeg>(&command)) {
      legs_[open->local.rtp] = open->leg;
      tracks_.erase(open->leg);
      learn(open->leg, open->media);
    } else if (const auto* update = std::get_if<UpdateLeg>(&command)) {
      learn(update->leg, update->media);
    }
  } catch (const Failure&) {
    // The engine answers it.
  }
}

void Recorder::learn(const std::string& leg, const MediaChange& media) {
  if (!media.send) return;
  Track& track = tracks_[leg];
  track.codecs[media.send->payloadType] = *media.send;
  track.decoders.erase(media.send->payloadType);
}

void Recorder::sent(const Address& from, Span datagram) {
  const auto leg = legs_.find(from);
  const auto packet = isRtcp(datagram) ? std::nullopt : parseRtp(datagram);
  if (leg == legs_.end() || !packet) return;
  const auto track = tracks_.find(leg->second);
  if (track == tracks_.end()) return;
  const auto spec = track->second.codecs.find(packet->payloadType);
  if (spec != track->second.codecs.end()) write(track->second, leg->second, packet->timestamp, packet->payload, spec->second);
}

void Recorder::write(Track& track, const std::string& leg, uint32_t timestamp, Span payload, const CodecSpec& spec) {
  if (!track.wav) track.wav = std::make_unique<WavWriter>(folder_ + "/" + fileName(leg), spec.sampleRate);
  auto& decoder = track.decoders[spec.payloadType];
  if (!decoder) decoder = makeDecoder(spec);
  std::vector<int16_t> pcm(kMaxPacketSamples);
  const size_t samples = decoder->decode(payload, pcm.data(), pcm.size());
  if (track.started) track.position += static_cast<int32_t>(timestamp - track.lastTimestamp);
  track.started = true;
  track.lastTimestamp = timestamp;
  track.wav->write(static_cast<uint64_t>(track.position) * spec.sampleRate / spec.clockRate, pcm.data(), samples);
}

}  // namespace interconnect
