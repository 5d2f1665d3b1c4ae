#include "engine/leg-sender.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "audio/fade-over.h"
#include "codec/make-codec.h"
#include "engine/tick.h"
#include "rtp/packet.h"
#include "srtp/srtp-transform.h"

namespace interconnect {
namespace {

/** The longest packet time and the tick that completes it. */
size_t pendingCapacity(uint32_t rate) { return size_t{rate} * 80 / 1000; }

/** RFC 3551 table 4 has left it out, and it is none of the dynamic ones. */
constexpr uint8_t kUnassignedType = 20;

}  // namespace

LegSender::LegSender(Workspace& workspace, PacketOutput& output, const RandomSource& random)
    : workspace_(workspace),
      output_(output),
      ssrc_(static_cast<uint32_t>(random())),
      // RFC 3711 §3.3.1: below 2^15, so that a far end that misses the first packets cannot guess a wrong roll-over counter.
      sequence_(static_cast<uint16_t>(random() & 0x7fff)),
      timestamp_(static_cast<uint32_t>(random())),
      pending_(pendingCapacity(rate_)),
      level_(rate_) {}

void LegSender::setCodec(const CodecSpec& spec) {
  if (spec_ && *spec_ == spec && !failed_) return;
  settle();
  spec_ = spec;
  encoder_.set(spec.relayOnly() ? nullptr : makeEncoder(spec));
  encoder_.expectLoss(expectedLoss_.percent());
  pending_.clear();
  failed_ = false;
  if (!encoder_) return;
  useRate(spec.sampleRate);
}

void LegSender::reportedLoss(double ratio) {
  if (expectedLoss_.reported(ratio)) encoder_.expectLoss(expectedLoss_.percent());
}

void LegSender::useRate(uint32_t rate) {
  if (rate == rate_) return;
  rate_ = rate;
  pending_ = PcmQueue(pendingCapacity(rate));
  level_.setRate(rate);
}

void LegSender::setPacketMs(unsigned packetMs) {
  if (packetMs == packetMs_) return;
  settle();
  packetMs_ = packetMs;
  pending_.clear();
  encoder_.hearsOwn();
}

void LegSender::setTelephoneEvent(const TelephoneEventSpec& spec) {
  if (!digits_ || telephoneEvent_->clockRate != spec.clockRate) digits_ = std::make_unique<DigitSender>(spec.clockRate);
  telephoneEvent_ = spec;
}

uint32_t LegSender::unitsOf(size_t samples) const {
  return static_cast<uint32_t>(uint64_t{samples} * clockRate() / rate_);
}

size_t LegSender::tickSamples() const { return static_cast<size_t>(rate_ * kTick / kSecond); }

void LegSender::skip() {
  level_.addSilence(tickSamples());
  jump(kTick);
}

void LegSender::jump(Nanos time) {
  settle();
  pending_.clear();
  encoder_.hearsOwn();
  marker_ = true;
  pass(time);
}

void LegSender::keepAlive() {
  settle();
  if (relay_) relay_->stream.restart();
  sendPacket({false, kUnassignedType, sequence_++, timestamp_, ssrc_, {}});
}

void LegSender::open(Nanos wait) {
  if (packets_ > 0 || failed_ || !encoder_ || !encoder_.takesAnyLength()) return;
  std::vector<int16_t> silence(static_cast<size_t>(wait * rate_ / kSecond), 0);
  payloadTimestamp_ = timestamp_ - unitsOf(silence.size());
  encoder_.hearsOwn();
  encoder_.encode(silence.data(), silence.size(), 0, *spec_, nullptr, *this);
}

void LegSender::share(bool common) {
  // A digit of ours goes out in the place of the audio.
  shares_ = common && encoder_ && !failed_ && !ownDigit();
  if (shares_) encoder_.hearsCommon();
  else encoder_.hearsOwn();
}

void LegSender::tick(const Frame& frame, EncodedOnce* common) {
  if (!shares_) common = nullptr;
  if (frame.rate == rate_) return send(frame.pcm, common);
  fromMix_.convert(frame.pcm, frame.rate, {workspace_.outgoing.data(), rate_}, tickSamples());
  send(workspace_.outgoing.data(), common);
}

void LegSender::tick(const Frame& frame, const Frame& next) {
  fromMix_.convert(frame.pcm, frame.rate, {workspace_.outgoing.data(), rate_}, tickSamples());
  fromMix_ = RateConverter();
  fromMix_.convert(next.pcm, next.rate, {workspace_.pcm.data(), rate_}, tickSamples());
  fadeOver(workspace_.outgoing.data(), workspace_.pcm.data(), tickSamples(), rate_);
  send(workspace_.outgoing.data(), nullptr);
}

/** One tick at the codec's rate. */
void LegSender::send(const int16_t* pcm, EncodedOnce* common) {
  if (players_ != nullptr) pcm = players_->over(pcm, rate_);
  const size_t samples = tickSamples();
  if (sendDigit()) {
    pending_.clear();
    level_.addSilence(samples);
  } else {
    if (tones_ && tones_->active()) pcm = withTones(pcm);
    for (HeardTap* tap : taps_) tap->heard(pcm, rate_, samples);
    encode(pcm, samples, common);
    level_.add(pcm, samples);
    if (lag_ > 0) catchUpInSilence(pcm, samples);
  }
  pass(kTick);
}

void LegSender::encode(const int16_t* frame, size_t samples, EncodedOnce* common) {
  if (failed_) return;
  const size_t packet = packetSamples();
  const uint64_t before = packets_;
  payloadTimestamp_ = timestamp_ - unitsOf(pending_.size());
  if (pending_.size() == 0 && samples == packet) {
    encoder_.encode(frame, samples, 0, *spec_, common, *this);
  } else {
    pending_.append(frame, samples);
    for (size_t i = 0; pending_.size() >= packet; i++, pending_.drop(packet)) {
      encoder_.encode(pending_.data(), packet, i, *spec_, common, *this);
    }
  }
  // An encoder that leaves silence out (DTX): what follows is a talkspurt.
  if (packets_ == before && pending_.size() == 0) marker_ = true;
  if (!encoder_.failure().empty()) {
    failed_ = true;
    failure_ = spec_->name + " cannot be encoded: " + encoder_.failure();
  }
}

void LegSender::payload(Span bytes, size_t samples) {
  sendPacket({marker_, spec_->payloadType, sequence_++, payloadTimestamp_, ssrc_, bytes});
  marker_ = false;
  payloadTimestamp_ += unitsOf(samples);
}

bool LegSender::sendDigit() {
  if (!digits_ || !digits_->active()) return false;
  const DigitStep step = digits_->step(timestamp_, kTick);
  if (step.event) {
    sendPacket({step.marker, telephoneEvent_->payloadType, sequence_++, step.timestamp, ssrc_,
                {step.payload.data(), step.payload.size()}});
  }
  if (step.digitSent) digitCount_++;
  digitsDone_ = digitsDone_ || step.done;
  return step.event;
}

/** The tick with what is due of the digits that go as tones. */
const int16_t* LegSender::withTones(const int16_t* pcm) {
  int16_t* out = workspace_.outgoing.data();
  if (pcm != out) std::copy_n(pcm, tickSamples(), out);
  const ToneSender::Sent sent = tones_->write(out, tickSamples(), rate_);
  digitCount_ += sent.digits;
  digitsDone_ = digitsDone_ || sent.done;
  return out;
}

void LegSender::sendPacket(const RtpPacket& packet) {
  const Span payload = packet.payload;
  uint8_t* out = workspace_.datagram.data();
  if (payload.size > workspace_.datagram.size() - kRtpHeaderBytes - kSrtpTrailerBytes) {
    errors_++;
    return;
  }
  writeRtpHeader(out, packet);
  if (payload.size > 0) std::memcpy(out + kRtpHeaderBytes, payload.data, payload.size);
  if (!output_.send(out, kRtpHeaderBytes + payload.size)) {
    errors_++;
    return;
  }
  packets_++;
  bytes_ += payload.size;
}

void LegSender::setRelay(const RelayTypes& types) {
  if (relay_) {
    relay_->types = types;
    return;
  }
  settle();
  relay_ = std::make_unique<Relay>(Relay{types, {}, std::nullopt, 0, false});
  notRelayed_ = notRelayed_.value_or(0);
  pending_.clear();
  encoder_.hearsOwn();
  level_.clear();
}

void LegSender::endRelay(Nanos now) {
  timestamp_ = lineAt(now);
  relay_.reset();
  marker_ = true;
}

/** The time stamp that a packet would get now: later than all that went out, and in step with the clock. */
uint32_t LegSender::lineAt(Nanos now) const {
  if (!relay_->timestamp) return timestamp_;
  const Nanos passed = std::max(now - relay_->arrival, kTick);
  return *relay_->timestamp + static_cast<uint32_t>(nanosToUnits(passed, clockRate()));
}

void LegSender::relay(const RelayedPacket& received) {
  const RtpPacket& packet = received.packet;
  const auto& [number, restarted, audio] = received.accepted;
  RelayStream& stream = relay_->stream;
  // A digit of ours goes out in the place of what comes meanwhile, as it does in the place of a mix.
  const bool own = ownDigit();
  const bool setBack = audio && stream.begun() && stream.setBack(number, packet.timestamp);
  if (restarted || setBack || own) stream.restart();
  if (own) return;
  const auto type = relay_->types.find(packet.payloadType);
  if (!type) {
    (*notRelayed_)++;
    if (stream.begun()) stream.leaveOut(number);
    return;
  }
  const bool first = !stream.begun();
  if (first) stream.begin(number, packet.timestamp, sequence_, lineAt(received.arrival));
  const auto place = stream.place(number, packet.timestamp);
  if (!place) return;
  if (place->newest) {
    sequence_ = static_cast<uint16_t>(place->sequence + 1);
    if (audio) {
      relay_->timestamp = place->timestamp;
      relay_->arrival = received.arrival;
    }
  }
  sendPacket({packet.marker || first, *type, place->sequence, place->timestamp, ssrc_, packet.payload});
}

void LegSender::relayTick(Nanos now) {
  const bool goesOn = relay_->tones;
  relay_->tones = false;
  // Tones are a stream of audio in whole ticks, which `now` is not to the last time stamp unit.
  if (relay_->timestamp && !goesOn) timestamp_ = lineAt(now);
  if (!sendDigit() && tones_ && tones_->active() && canSend()) {
    relayTones(now);
    return;
  }
  if (goesOn) pending_.clear();
  if (!relay_->timestamp) pass(kTick);
}

void LegSender::relayTones(Nanos now) {
  std::fill_n(workspace_.outgoing.data(), tickSamples(), int16_t{0});
  encode(withTones(workspace_.outgoing.data()), tickSamples(), nullptr);
  relay_->tones = true;
  // What is relayed next comes behind it.
  relay_->timestamp = timestamp_;
  relay_->arrival = now;
  pass(kTick);
}

std::optional<uint32_t> LegSender::queueDigits(std::string_view digits, unsigned digitMs, unsigned gapMs, DigitSource way) {
  if (way == DigitSource::Inband) {
    if (!tones_) tones_ = std::make_unique<ToneSender>();
    return tones_->queue(digits, digitMs, gapMs) ? std::optional(tones_->queuedMs()) : std::nullopt;
  }
  return digits_->queue(digits, digitMs, gapMs) ? std::optional(digits_->queuedMs()) : std::nullopt;
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
