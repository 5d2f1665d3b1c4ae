#include "engine/leg-sender.h"

#include <cstring>
#include <vector>

#include "codec/make-codec.h"
#include "rtp/packet.h"

namespace interconnect {
namespace {

/** The longest packet time and the tick that completes it. */
size_t pendingCapacity(uint32_t sampleRate) { return size_t{sampleRate} * 80 / 1000; }

}  // namespace

LegSender::LegSender(uint32_t sampleRate, Workspace& workspace, PacketOutput& output, const RandomSource& random)
    : sampleRate_(sampleRate),
      workspace_(workspace),
      output_(output),
      ssrc_(static_cast<uint32_t>(random())),
      sequence_(static_cast<uint16_t>(random())),
      timestamp_(static_cast<uint32_t>(random())),
      pending_(pendingCapacity(sampleRate)),
      level_(sampleRate) {}

void LegSender::setCodec(const CodecSpec& spec) {
  if (spec_ && *spec_ == spec && !failed_) return;
  spec_ = spec;
  encoder_ = makeEncoder(spec);
  pending_.clear();
  failed_ = false;
}

void LegSender::setPacketMs(unsigned packetMs) {
  if (packetMs == packetMs_) return;
  packetMs_ = packetMs;
  pending_.clear();
}

void LegSender::setTelephoneEvent(const TelephoneEventSpec& spec) {
  if (!digits_ || telephoneEvent_->clockRate != spec.clockRate) digits_ = std::make_unique<DigitSender>(spec.clockRate);
  telephoneEvent_ = spec;
}

uint32_t LegSender::unitsOf(size_t samples) const {
  const uint64_t clockRate = spec_ ? spec_->clockRate : sampleRate_;
  return static_cast<uint32_t>(samples * clockRate / sampleRate_);
}

void LegSender::skip(size_t samples) {
  level_.addSilence(samples);
  jump(samples);
}

void LegSender::jump(size_t samples) {
  pending_.clear();
  marker_ = true;
  pass(samples);
}

void LegSender::open(size_t samples) {
  if (packets_ > 0 || failed_ || !encoder_->takesAnyLength()) return;
  std::vector<int16_t> silence(samples, 0);
  payloadTimestamp_ = timestamp_ - unitsOf(samples);
  encoder_->encode(silence.data(), samples, *this);
}

void LegSender::tick(const int16_t* frame, size_t samples) {
  if (sendDigit(samples)) {
    pending_.clear();
    level_.addSilence(samples);
  } else {
    encode(frame, samples);
    level_.add(frame, samples);
  }
  pass(samples);
}

void LegSender::encode(const int16_t* frame, size_t samples) {
  if (failed_) return;
  const size_t packet = packetSamples();
  payloadTimestamp_ = timestamp_ - unitsOf(pending_.size());
  if (pending_.size() == 0 && samples == packet) {
    encoder_->encode(frame, samples, *this);
  } else {
    pending_.append(frame, samples);
    for (; pending_.size() >= packet; pending_.drop(packet)) encoder_->encode(pending_.data(), packet, *this);
  }
  if (!encoder_->failure().empty()) {
    failed_ = true;
    failure_ = spec_->name + " cannot be encoded: " + encoder_->failure();
  }
}

void LegSender::payload(Span bytes, size_t samples) {
  sendPacket(spec_->payloadType, marker_, payloadTimestamp_, bytes);
  marker_ = false;
  payloadTimestamp_ += unitsOf(samples);
}

bool LegSender::sendDigit(size_t samples) {
  if (!digits_ || !digits_->active()) return false;
  const DigitStep step = digits_->step(timestamp_, unitsToNanos(static_cast<int64_t>(samples), sampleRate_));
  if (step.event) {
    sendPacket(telephoneEvent_->payloadType, step.marker, step.timestamp, {step.payload.data(), step.payload.size()});
  }
  if (step.digitSent) digitCount_++;
  digitsDone_ = digitsDone_ || step.done;
  return step.event;
}

void LegSender::sendPacket(uint8_t payloadType, bool marker, uint32_t timestamp, Span payload) {
  uint8_t* out = workspace_.datagram.data();
  if (payload.size > workspace_.datagram.size() - kRtpHeaderBytes) return;
  writeRtpHeader(out, {marker, payloadType, sequence_++, timestamp, ssrc_, payload});
  std::memcpy(out + kRtpHeaderBytes, payload.data, payload.size);
  if (!output_.send({out, kRtpHeaderBytes + payload.size})) {
    errors_++;
    return;
  }
  packets_++;
  bytes_ += payload.size;
}

std::optional<uint32_t> LegSender::queueDigits(std::string_view digits, unsigned digitMs, unsigned gapMs) {
  if (!digits_->queue(digits, digitMs, gapMs)) return std::nullopt;
  return digits_->queuedMs();
}

bool LegSender::takeDigitsDone() {
  const bool done = digitsDone_;
  digitsDone_ = false;
  return done;
}

std::optional<std::string> LegSender::takeFailure() {
  auto failure = std::move(failure_);
  failure_.reset();
  return failure;
}

}  // namespace interconnect
