#include "engine/leg-receiver.h"

#include <algorithm>
#include <cstring>

#include "codec/make-codec.h"

namespace interconnect {
namespace {

/** Ten-millisecond packets need two takes a tick; a decoder that gives nothing must not keep the loop busy. */
constexpr int kMaxTakes = 12;

size_t queueCapacity(uint32_t sampleRate) { return sampleRate / 5 + sampleRate / 50; }

}  // namespace

LegReceiver::LegReceiver(uint32_t sampleRate, Workspace& workspace)
    : sampleRate_(sampleRate),
      workspace_(workspace),
      concealment_(sampleRate),
      timeScale_(sampleRate),
      queue_(queueCapacity(sampleRate)),
      statistics_(clockRate_),
      level_(sampleRate) {}

void LegReceiver::setCodecs(const std::vector<CodecSpec>& codecs) {
  std::vector<Slot> slots;
  for (const CodecSpec& spec : codecs) {
    Slot* kept = find(spec.payloadType);
    if (kept != nullptr && kept->spec == spec) slots.push_back(std::move(*kept));
    else slots.push_back({spec, nullptr, false});
  }
  codecs_ = std::move(slots);
}

void LegReceiver::setTelephoneEvent(const TelephoneEventSpec& spec) {
  if (!telephoneEvent_ || telephoneEvent_->clockRate != spec.clockRate) digits_.emplace(spec.clockRate);
  telephoneEvent_ = spec;
}

void LegReceiver::setListening(bool listening) { setPlaying(listening, decoding_); }

void LegReceiver::setDecoding(bool decoding) {
  if (!decoding && decoding_) level_ = LevelMeter(sampleRate_);
  setPlaying(listening_, decoding);
}

void LegReceiver::setPlaying(bool listening, bool decoding) {
  const bool before = playing();
  listening_ = listening;
  decoding_ = decoding;
  if (playing() == before) return;
  if (buffer_) buffer_->reset();
  concealment_.reset();
  queue_.clear();
}

LegReceiver::Slot* LegReceiver::find(uint8_t payloadType) {
  for (Slot& slot : codecs_) {
    if (slot.spec.payloadType == payloadType) return &slot;
  }
  return nullptr;
}

bool LegReceiver::knows(uint8_t payloadType) const {
  if (telephoneEvent_ && telephoneEvent_->payloadType == payloadType) return true;
  return std::any_of(codecs_.begin(), codecs_.end(), [&](const Slot& s) { return s.spec.payloadType == payloadType; });
}

std::optional<LegReceiver::Accepted> LegReceiver::put(const RtpPacket& packet, Nanos arrival) {
  const Slot* slot = find(packet.payloadType);
  if (slot != nullptr) useClock(slot->spec.clockRate);
  const auto verdict = statistics_.received(packet, arrival, slot != nullptr);
  if (statistics_.restarts() != streams_) {
    streams_ = statistics_.restarts();
    if (digits_) digits_->restart();
  }
  if (!listening_) return std::nullopt;
  if (slot == nullptr) {
    if (digits_) digits_->receive(packet, arrival);
  } else if (decoding_ && !slot->spec.relayOnly()) {
    if (!buffer_) buffer_.emplace(clockRate_);
    buffer_->put(packet, arrival);
  }
  if (verdict == SequenceTracker::Verdict::Suspect) return std::nullopt;
  return Accepted{statistics_.number(), verdict == SequenceTracker::Verdict::Restarted, slot != nullptr};
}

void LegReceiver::useClock(uint32_t clockRate) {
  if (clockRate == clockRate_) return;
  lateBefore_ = late();
  clockRate_ = clockRate;
  buffer_.reset();
  statistics_.setClockRate(clockRate);
}

void LegReceiver::idle(Nanos now) {
  if (digits_) digits_->tick(now);
}

RelayTypes::Source LegReceiver::relaySource() const {
  RelayTypes::Source source{{}, telephoneEvent_};
  for (const Slot& slot : codecs_) source.codecs.push_back(slot.spec);
  return source;
}

bool LegReceiver::pull(Nanos now, int16_t* frame, size_t samples) {
  idle(now);
  bool audible = queue_.size() > 0;
  if (buffer_ && playing()) {
    for (int i = 0; queue_.size() < samples && i < kMaxTakes; i++) audible = takeFromBuffer(now) || audible;
  }
  const size_t have = std::min(samples, queue_.size());
  std::memcpy(frame, queue_.data(), have * sizeof(int16_t));
  std::memset(frame + have, 0, (samples - have) * sizeof(int16_t));
  if (have > 0) queue_.drop(have);
  if (audible) level_.add(frame, samples);
  else level_.addSilence(samples);
  return audible;
}

bool LegReceiver::takeFromBuffer(Nanos now) {
  const Taken taken = buffer_->take(now, unitsToNanos(static_cast<int64_t>(queue_.size()), sampleRate_));
  switch (taken.what) {
    case Take::Packet:
      play(taken, now);
      return true;
    case Take::Missing:
      conceal(samplesOf(taken.duration));
      return true;
    case Take::Empty:
      break;
  }
  size_t samples = samplesOf(taken.duration);
  int16_t* room = queue_.grow(samples);
  std::memset(room, 0, samples * sizeof(int16_t));
  return false;
}

void LegReceiver::play(const Taken& taken, Nanos now) {
  Slot* slot = find(taken.packet.payloadType);
  if (slot == nullptr || slot->failed) return conceal(samplesOf(taken.duration - taken.trim));
  if (!slot->decoder) slot->decoder = makeDecoder(slot->spec);
  int16_t* pcm = workspace_.pcm.data();
  size_t n = slot->decoder->decode(taken.packet.payload, pcm, workspace_.pcm.size());
  if (!slot->decoder->failure().empty()) {
    slot->failed = true;
    failure_ = slot->spec.name + " cannot be decoded: " + slot->decoder->failure();
    return conceal(samplesOf(taken.duration - taken.trim));
  }
  if (taken.trim > 0) {
    const size_t trimmed = std::min(n, samplesOf(taken.trim));
    pcm += trimmed;
    n -= trimmed;
    concealment_.gap();
  }
  if (n == 0) return;
  concealment_.good(pcm, n);
  delays_.add(now - taken.arrival + unitsToNanos(static_cast<int64_t>(queue_.size()), sampleRate_));
  queue_.append(pcm, n);
  if (const Nanos wanted = buffer_->wanted(); wanted != 0) scaleTime(wanted, now);
}

void LegReceiver::scaleTime(Nanos wanted, Nanos now) {
  int16_t* pcm = queue_.edit(timeScale_.longest());
  if (pcm == nullptr) return;
  const size_t before = queue_.size();
  const auto samples = static_cast<ptrdiff_t>(nanosToUnits(wanted, sampleRate_));
  queue_.resize(timeScale_.scale(pcm, before, samples, now));
  buffer_->scaled(unitsToNanos(static_cast<int64_t>(queue_.size()) - static_cast<int64_t>(before), sampleRate_));
}

void LegReceiver::conceal(size_t samples) {
  samples = std::min(samples, workspace_.pcm.size());
  concealment_.conceal(workspace_.pcm.data(), samples);
  queue_.append(workspace_.pcm.data(), samples);
  concealedSamples_ += samples;
}

std::optional<Digit> LegReceiver::nextDigit() {
  auto digit = digits_ ? digits_->next() : std::nullopt;
  if (digit) digitCount_++;
  return digit;
}

std::optional<std::string> LegReceiver::takeFailure() {
  auto failure = std::move(failure_);
  failure_.reset();
  return failure;
}

size_t LegReceiver::samplesOf(Nanos duration) const {
  const int64_t samples = nanosToUnits(duration, sampleRate_);
  return samples < 0 ? 0 : std::min(static_cast<size_t>(samples), workspace_.pcm.size());
}

uint64_t LegReceiver::late() const { return lateBefore_ + (buffer_ ? buffer_->counts().late : 0); }
double LegReceiver::concealedMs() const { return static_cast<double>(concealedSamples_) * 1000 / sampleRate_; }
std::optional<Nanos> LegReceiver::bufferTarget() const { return buffer_ ? buffer_->target() : std::nullopt; }
std::optional<Nanos> LegReceiver::bufferDelay() const { return buffer_ ? buffer_->delay() : std::nullopt; }

}  // namespace interconnect
