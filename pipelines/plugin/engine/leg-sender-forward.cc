// LegSender, while packets of the other leg of a pair go on as they came.
#include <algorithm>

#include "engine/leg-sender.h"
#include "engine/tick.h"

namespace interconnect {
namespace {

/** What the encoder is shown before it takes over: its far end's decoder has heard it already. */
constexpr size_t kWarmUpTicks = 3;

/** 200 ms at once after a stall of the network, or a flood. */
constexpr unsigned kMostInATick = 20;

struct Nowhere final : PayloadSink {
  void payload(Span, size_t) override {}
};

}  // namespace

void LegSender::beginForwarding(uint8_t sourceType) {
  settle();
  forwarded_ = std::make_unique<ForwardedStream>(sourceType);
}

void LegSender::endForwarding() {
  if (!forwarded_) return;
  if (forwarded_->numbers().begun()) forwarded_->leave();
  else forwarded_.reset();
}

/** What is sent next follows on all that went out. */
void LegSender::settle() {
  if (!forwarded_) return;
  if (forwarded_->numbers().begun()) {
    timestamp_ = forwarded_->end();
    pending_.clear();
  }
  forwarded_.reset();
}

bool LegSender::forward(const RelayedPacket& received, size_t ahead) {
  if (!forwarded_ || forwarded_->leaving() || failed_ || ownDigit() || forwardedNow_ >= kMostInATick) return false;
  const RtpPacket& packet = received.packet;
  const auto& [number, restarted, audio] = received.accepted;
  RelayStream& numbers = forwarded_->numbers();
  if (!audio) {
    // Digits are told, not sent on: members of a session do not hear each other's.
    if (numbers.begun()) numbers.leaveOut(number);
    return true;
  }
  if (packet.payloadType != forwarded_->sourceType()) return false;
  if (numbers.begun() && (restarted || numbers.setBack(number, packet.timestamp))) return false;
  const bool first = !numbers.begun();
  if (first) {
    numbers.begin(number, packet.timestamp, sequence_, timestamp_ - unitsOf(pending_.size()) + unitsOf(ahead));
    pending_.clear();
    encoder_.hearsOwn();
    lag_ = 0;
  }
  const auto place = numbers.place(number, packet.timestamp);
  if (!place) return true;
  if (place->newest) {
    sequence_ = static_cast<uint16_t>(place->sequence + 1);
    forwarded_->sent(place->timestamp, unitsOf(packetSamples()), received.arrival);
  }
  forwardedCount_++;
  forwardedNow_++;
  sendPacket({packet.marker || first, spec_->payloadType, place->sequence, place->timestamp, ssrc_, packet.payload});
  return true;
}

void LegSender::forwardedTick(Nanos now, const Frame& frame, size_t sentOn) {
  forwardedNow_ = 0;
  if (!forwarded_->numbers().begun()) return tick(frame);
  const size_t samples = tickSamples();
  const int16_t* pcm = frame.pcm;
  if (frame.rate != rate_) {
    fromMix_.convert(frame.pcm, frame.rate, {workspace_.outgoing.data(), rate_}, samples);
    pcm = workspace_.outgoing.data();
  }
  sentOn = std::min(sentOn, samples);
  level_.add(pcm, samples);
  if (forwarded_->leaving() && sentOn < samples) return joinOn(pcm + sentOn, samples - sentOn);
  if (!forwarded_->leaving()) forwarded_->beyond(unitsOf(samples - sentOn));
  timestamp_ = forwarded_->lineAt(now, clockRate());
  remember(pcm);
}

/** The far end's decoder has heard this; our encoder has not. */
void LegSender::remember(const int16_t* pcm) {
  const size_t samples = tickSamples();
  if (pending_.size() + samples > kWarmUpTicks * samples) pending_.drop(samples);
  pending_.append(pcm, samples);
}

void LegSender::warmUp() {
  Nowhere nowhere;
  encoder_.hearsOwn();
  const size_t packet = packetSamples();
  for (size_t at = pending_.size() % packet; at + packet <= pending_.size(); at += packet) {
    encoder_.encode(pending_.data() + at, packet, 0, *spec_, nullptr, nowhere);
  }
  pending_.clear();
}

/** The first audio that is encoded again: the rest of a tick, most often all of it. */
void LegSender::joinOn(const int16_t* pcm, size_t samples) {
  warmUp();
  timestamp_ = forwarded_->end();
  forwarded_.reset();
  lag_ = samples % tickSamples();
  encode(pcm, samples, nullptr);
  timestamp_ += unitsOf(samples);
}

/** Part of a packet waits for its rest at each tick. Nobody misses it when it is silence. */
void LegSender::catchUpInSilence(const int16_t* pcm, size_t samples) {
  if (!LevelMeter::silent(pcm, samples)) return;
  pending_.drop(std::min(lag_, pending_.size()));
  lag_ = 0;
}

}  // namespace interconnect
