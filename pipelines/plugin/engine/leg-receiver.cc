#include "engine/leg-receiver.h"

#include <algorithm>

#include "audio/fade.h"
#include "codec/make-codec.h"
#include "engine/tick.h"

namespace interconnect {
namespace {

/** Ten-millisecond packets need two takes a tick; a decoder that gives nothing must not keep the loop busy. */
constexpr int kMaxTakes = 12;

/** Edges of what is cut out. */
constexpr uint32_t kFadesPerSecond = 200;

size_t queueCapacity(uint32_t rate) { return rate / 5 + rate / 50; }

bool isSpeech(const CodecSpec& spec) { return !spec.relayOnly() && !spec.comfortNoise(); }

/** The few samples that are left of a codec, at the rate of the next one: a straight line between two is good enough. */
void stretch(const PcmQueue& from, uint32_t rate, PcmQueue& to, uint32_t newRate) {
  size_t n = samplesAt(newRate, from.size(), rate);
  int16_t* out = to.grow(n);
  for (size_t i = 0; i < n; i++) {
    const size_t place = i * rate;
    const size_t left = place / newRate;
    const auto right = std::min(left + 1, from.size() - 1);
    const auto part = static_cast<int64_t>(place % newRate);
    out[i] = static_cast<int16_t>(from.data()[left] + (from.data()[right] - from.data()[left]) * part / newRate);
  }
}

}  // namespace

LegReceiver::LegReceiver(Workspace& workspace)
    : workspace_(workspace),
      concealment_(rate_),
      timeScale_(rate_),
      queue_(queueCapacity(rate_)),
      statistics_(clockRate_),
      level_(rate_) {}

void LegReceiver::setCodecs(const std::vector<CodecSpec>& codecs) {
  std::vector<Slot> slots;
  for (const CodecSpec& spec : codecs) {
    Slot* kept = find(spec.payloadType);
    if (kept != nullptr && kept->spec == spec) slots.push_back(std::move(*kept));
    else slots.push_back({spec, nullptr, false});
  }
  codecs_ = std::move(slots);
  if (speaking_ && find(*speaking_) != nullptr) return;
  speaking_.reset();
  const auto first = std::find_if(codecs.begin(), codecs.end(), isSpeech);
  if (first != codecs.end()) useRate(first->sampleRate);
}

void LegReceiver::useRate(uint32_t rate) {
  if (rate == rate_) return;
  PcmQueue queue(queueCapacity(rate));
  if (queue_.size() > 0) stretch(queue_, rate_, queue, rate);
  sentOnSamples_ = samplesAt(rate, sentOnSamples_, rate_);
  queue_ = std::move(queue);
  concealment_ = Concealment(rate);
  timeScale_ = TimeScale(rate);
  level_.setRate(rate);
  pulled_ = nullptr;
  rate_ = rate;
  if (inband_) inband_ = std::make_unique<InbandReceiver>(rate, inbandDigits_.remove);
}

void LegReceiver::setInbandDigits(const InbandDigits& digits) {
  const bool same = digits.detect == inbandDigits_.detect && digits.remove == inbandDigits_.remove;
  inbandDigits_ = digits;
  if (same) return;
  inband_ = digits.detect ? std::make_unique<InbandReceiver>(rate_, digits.remove) : nullptr;
}

void LegReceiver::setTelephoneEvents(const std::vector<TelephoneEventSpec>& specs) {
  std::vector<Events> events;
  for (const TelephoneEventSpec& spec : specs) {
    const auto kept = std::find_if(events_.begin(), events_.end(), [&](const Events& e) { return e.spec.clockRate == spec.clockRate; });
    if (kept != events_.end()) events.push_back({spec, std::move(kept->digits)});
    else events.push_back({spec, DigitReceiver(spec.clockRate)});
  }
  events_ = std::move(events);
}

void LegReceiver::setListening(bool listening) { setPlaying(listening, decoding_); }

void LegReceiver::setDecoding(bool decoding) {
  if (!decoding && decoding_) level_.clear();
  setPlaying(listening_, decoding);
}

void LegReceiver::setPlaying(bool listening, bool decoding) {
  const bool before = playing();
  listening_ = listening;
  decoding_ = decoding;
  if (playing() == before) return;
  pattern_.restart();
  if (buffer_) buffer_->reset();
  concealment_.reset();
  noise_.reset();
  queue_.clear();
  concealedSamples_ = sentOnSamples_ = sentOnOfTick_ = 0;
  pulled_ = nullptr;
}

LegReceiver::Slot* LegReceiver::find(uint8_t payloadType) {
  for (Slot& slot : codecs_) {
    if (slot.spec.payloadType == payloadType) return &slot;
  }
  return nullptr;
}

bool LegReceiver::knows(uint8_t payloadType) const {
  if (std::any_of(events_.begin(), events_.end(), [&](const Events& e) { return e.spec.payloadType == payloadType; })) return true;
  return std::any_of(codecs_.begin(), codecs_.end(), [&](const Slot& s) { return s.spec.payloadType == payloadType; });
}

std::optional<LegReceiver::Accepted> LegReceiver::put(const RtpPacket& packet, Nanos arrival) {
  const Slot* slot = find(packet.payloadType);
  if (slot != nullptr) useClock(slot->spec.clockRate);
  const auto verdict = statistics_.received(packet, arrival, slot != nullptr);
  if (statistics_.restarts() != streams_) {
    streams_ = statistics_.restarts();
    for (Events& events : events_) events.digits.restart();
  }
  if (!listening_) return std::nullopt;
  if (slot != nullptr && !slot->spec.comfortNoise()) lastType_ = packet.payloadType;
  if (slot == nullptr) {
    for (Events& events : events_) {
      if (events.spec.payloadType == packet.payloadType) events.digits.receive(packet, arrival);
    }
  } else if (decoding_ && !slot->spec.relayOnly()) {
    if (!buffer_) buffer_.emplace(clockRate_);
    buffer_->put(packet, arrival);
  }
  if (verdict == SequenceTracker::Verdict::Suspect) return std::nullopt;
  const bool played = slot != nullptr && decoding_ && !slot->spec.relayOnly();
  if (!played) pattern_.usable(packet.ssrc, packet.sequence, !decoding_);
  return Accepted{statistics_.number(), verdict == SequenceTracker::Verdict::Restarted, slot != nullptr};
}

void LegReceiver::useClock(uint32_t clockRate) {
  if (clockRate == clockRate_) return;
  lateBefore_ = late();
  droppedBefore_ = dropped();
  clockRate_ = clockRate;
  buffer_.reset();
  statistics_.setClockRate(clockRate);
}

VoiceProcessing& LegReceiver::processed() {
  if (!processing_) processing_ = std::make_unique<VoiceProcessing>();
  return *processing_;
}

void LegReceiver::setGain(double db) {
  if (processing_ || db != 0) processed().setGain(db);
}

void LegReceiver::setProcessing(const ProcessingSpec& spec) {
  if (processing_ || spec.any()) processed().setSpec(spec);
}

void LegReceiver::idle(Nanos now) {
  for (Events& events : events_) events.digits.tick(now);
}

RelayTypes::Source LegReceiver::relaySource() const {
  RelayTypes::Source source;
  for (const Events& events : events_) source.telephoneEvents.push_back(events.spec);
  for (const Slot& slot : codecs_) source.codecs.push_back(slot.spec);
  return source;
}

bool LegReceiver::pull(Nanos now, const Frame& frame) {
  idle(now);
  bool audible = queue_.size() > 0;
  if (buffer_ && playing()) {
    // A packet of another codec may change the rate.
    for (int i = 0; queue_.size() < tickSamples() && i < kMaxTakes; i++) audible = takeFromBuffer(now) || audible;
  }
  const size_t samples = tickSamples();
  const bool concealed = concealedSamples_ > 0;
  concealedSamples_ -= std::min(concealedSamples_, samples);
  ticksSinceConcealed_ = concealed ? 0 : ticksSinceConcealed_ + 1;
  sentOnOfTick_ = std::min(sentOnSamples_, samples);
  sentOnSamples_ -= sentOnOfTick_;
  int16_t* heard = nullptr;
  if (audible && !unheard()) {
    if (queue_.size() < samples) appendSilence(samples - queue_.size());
    if (!mute_.closed()) level_.add(queue_.data(), samples);
    heard = queue_.edit(0);
    queue_.drop(samples);
  } else {
    queue_.drop(std::min(samples, queue_.size()));
    // Of what is not decoded nobody knows how loud it is.
    if (!mute_.closed() && decoding_) level_.addSilence(samples);
    if (processing_) processing_->addSilence(samples);
  }
  if (inband_) heard = inband_->hear(heard, samples, concealed);
  if (mute_.closed()) heard = nullptr;
  // Others have heard the beginning as it came.
  if (heard != nullptr && !mute_.open() && sentOnOfTick_ < samples) passMute(heard + sentOnOfTick_, samples - sentOnOfTick_);
  pulled_ = heard;
  if (heard == nullptr) return silence(frame);
  if (processing_ && sentOnOfTick_ < samples) pulled_ = processing_->process(heard, samples, rate_);
  toMix_.convert(pulled_, rate_, frame, samplesAt(frame.rate, samples, rate_));
  return true;
}

bool LegReceiver::silence(const Frame& frame) {
  return toMix_.silence(rate_, frame, samplesAt(frame.rate, tickSamples(), rate_));
}

void LegReceiver::pullAgain(const Frame& frame) {
  const size_t samples = samplesAt(frame.rate, tickSamples(), rate_);
  toMix_ = RateConverter();
  if (pulled_ != nullptr) toMix_.convert(pulled_, rate_, frame, samples);
  else std::fill_n(frame.pcm, samples, int16_t{0});
}

bool LegReceiver::takeFromBuffer(Nanos now) {
  const Taken taken = buffer_->take(now, unitsToNanos(static_cast<int64_t>(queue_.size()), rate_));
  switch (taken.what) {
    case Take::Packet:
      play(taken, now);
      return true;
    case Take::Missing:
      conceal(samplesOf(taken.duration), taken.packet.payloadType == speaking_ ? taken.packet.payload : Span{});
      return true;
    case Take::Empty:
      break;
  }
  if (noise_) {
    conceal(samplesOf(taken.duration));
    return true;
  }
  appendSilence(samplesOf(taken.duration));
  return false;
}

void LegReceiver::play(const Taken& taken, Nanos now) {
  pattern_.usable(taken.packet.ssrc, taken.packet.sequence, true);
  holds_.add(now - taken.arrival + unitsToNanos(static_cast<int64_t>(queue_.size()), rate_));
  const Nanos played = taken.duration - taken.trim;
  if (unheard()) return leaveOut(samplesOf(played), now);
  Slot* slot = find(taken.packet.payloadType);
  if (slot == nullptr || slot->failed) return conceal(samplesOf(played));
  if (slot->spec.comfortNoise()) {
    if (taken.packet.payload.size == 0) return conceal(samplesOf(played));
    if (noise_) noise_->setLevel(taken.packet.payload.data[0]);
    else noise_.emplace(taken.packet.payload.data[0]);
    return conceal(samplesOf(played));
  }
  if (!slot->decoder) slot->decoder = makeDecoder(slot->spec);
  useRate(slot->spec.sampleRate);
  speaking_ = taken.packet.payloadType;
  int16_t* pcm = workspace_.pcm.data();
  size_t n = slot->decoder->decode(taken.packet.payload, pcm, workspace_.pcm.size());
  if (!slot->decoder->failure().empty()) {
    slot->failed = true;
    failure_ = slot->spec.name + " cannot be decoded: " + slot->decoder->failure();
    return conceal(samplesOf(played));
  }
  if (taken.trim > 0) {
    const size_t trimmed = std::min(n, samplesOf(taken.trim));
    pcm += trimmed;
    n -= trimmed;
  }
  if (taken.trim > 0 || taken.skipped) concealment_.gap();
  if (n == 0) return;
  if (inbandDigits_.remove) cutBesideEvents(taken.packet, slot->spec.clockRate, pcm, n);
  noise_.reset();
  concealment_.good(pcm, n);
  if (!sentOn_) delays_.add(now - taken.arrival + unitsToNanos(static_cast<int64_t>(queue_.size()), rate_));
  queue_.append(pcm, n);
  followTarget(now);
  if (sentOn_) noteSentOn(taken.packet);
}

void LegReceiver::appendSilence(size_t samples) {
  int16_t* room = queue_.grow(samples);
  std::fill_n(room, samples, int16_t{0});
}

void LegReceiver::leaveOut(size_t samples, Nanos now) {
  appendSilence(samples);
  followTarget(now);
}

void LegReceiver::followTarget(Nanos now) {
  if (const Nanos wanted = buffer_->wanted(); wanted != 0) scaleTime(wanted, now);
}

void LegReceiver::passMute(int16_t* pcm, size_t samples) {
  mute_.pass(pcm, samples, rate_);
  if (!mute_.closed()) return;
  level_.clear();
  concealment_.reset();
}

/** Some far ends say the tone as well while they send its event. */
void LegReceiver::cutBesideEvents(const RtpPacket& packet, uint32_t clockRate, int16_t* pcm, size_t samples) {
  const bool covered = std::any_of(events_.begin(), events_.end(), [&](const Events& events) {
    return events.spec.clockRate == clockRate && events.digits.covers(packet.timestamp);
  });
  const float gain = covered ? 0 : 1;
  const size_t edge = std::min<size_t>(samples, rate_ / kFadesPerSecond);
  fade(pcm, edge, besideEvents_, gain);
  fade(pcm + edge, samples - edge, gain, gain);
  besideEvents_ = gain;
}

void LegReceiver::scaleTime(Nanos wanted, Nanos now) {
  int16_t* pcm = queue_.edit(timeScale_.longest());
  if (pcm == nullptr) return;
  const size_t before = queue_.size();
  const auto samples = static_cast<ptrdiff_t>(nanosToUnits(wanted, rate_));
  queue_.resize(timeScale_.scale(pcm, before, samples, now));
  buffer_->scaled(unitsToNanos(static_cast<int64_t>(queue_.size()) - static_cast<int64_t>(before), rate_));
}

/** Fills the place of what did not come: with the noise that the far end asked for, by its codec's own means, or by ours. */
void LegReceiver::conceal(size_t samples, Span next) {
  samples = std::min(samples, workspace_.pcm.size());
  int16_t* pcm = workspace_.pcm.data();
  if (noise_) {
    noise_->generate(pcm, samples);
    queue_.append(pcm, samples);
    return;
  }
  concealedSamples_ = queue_.size() + samples;
  concealed_ += unitsToNanos(static_cast<int64_t>(samples), rate_);
  if (unheard()) return appendSilence(samples);
  Slot* slot = speaking_ ? find(*speaking_) : nullptr;
  if (slot != nullptr && slot->decoder && !slot->failed) {
    const size_t n = next.size > 0 ? slot->decoder->repair(next, samples, pcm, workspace_.pcm.size())
                                   : slot->decoder->conceal(samples, pcm, workspace_.pcm.size());
    if (n > 0) {
      // Its next packet goes on from here, and so does ours, should that one be cut short.
      concealment_.good(pcm, n);
      queue_.append(pcm, n);
      return;
    }
  }
  concealment_.conceal(pcm, samples);
  queue_.append(pcm, samples);
}

std::optional<Digit> LegReceiver::nextDigit() {
  for (Events& events : events_) {
    auto digit = events.digits.next();
    if (!digit) continue;
    digitCount_++;
    return digit;
  }
  auto digit = inband_ ? inband_->next() : std::nullopt;
  if (digit) digitCount_++;
  return digit;
}

std::optional<std::string> LegReceiver::takeFailure() {
  auto failure = std::move(failure_);
  failure_.reset();
  return failure;
}

size_t LegReceiver::samplesOf(Nanos duration) const {
  const int64_t samples = nanosToUnits(duration, rate_);
  return samples < 0 ? 0 : std::min(static_cast<size_t>(samples), workspace_.pcm.size());
}

size_t LegReceiver::tickSamples() const { return static_cast<size_t>(rate_ * kTick / kSecond); }

uint64_t LegReceiver::late() const { return lateBefore_ + (buffer_ ? buffer_->counts().late : 0); }
uint64_t LegReceiver::dropped() const { return droppedBefore_ + (buffer_ ? buffer_->counts().dropped : 0); }

const CodecSpec* LegReceiver::lastCodec() const {
  const auto slot = std::find_if(codecs_.begin(), codecs_.end(), [&](const Slot& s) { return s.spec.payloadType == lastType_; });
  return slot == codecs_.end() ? nullptr : &slot->spec;
}

std::optional<double> LegReceiver::sinceSoundMs() const {
  if (!playing() || mute_.closed()) return std::nullopt;
  return static_cast<double>(level_.samplesSinceSound()) * 1000 / rate_;
}

double LegReceiver::concealedMs() const { return static_cast<double>(concealed_) / kMillisecond; }
std::optional<Nanos> LegReceiver::bufferTarget() const { return buffer_ ? buffer_->target() : std::nullopt; }
std::optional<Nanos> LegReceiver::bufferDelay() const { return buffer_ ? buffer_->delay() : std::nullopt; }

}  // namespace interconnect
