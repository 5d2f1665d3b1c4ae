#include "engine/leg.h"

#include <algorithm>
#include <array>

#include "engine/tick.h"

namespace interconnect {
namespace {

/** From the answer on the wire to the settings that follow from it; what came earlier was early media. */
constexpr Nanos kAnswerOnItsWay = 40 * kMillisecond;
/** A tick that is nearer than this is soon enough. */
constexpr Nanos kWorthGreeting = 4 * kMillisecond;

void silence(const Frame& frame) { std::fill_n(frame.pcm, frame.rate * kTick / kSecond, int16_t{0}); }

}  // namespace

Leg::Leg(std::string id, const LocalPorts& local, LegSockets sockets, const LegContext& context)
    : id_(std::move(id)),
      local_(local),
      sockets_(std::move(sockets)),
      context_(context),
      openedAt_(context.clock.now()),
      remote_(local.rtp),
      receiver_(context.workspace),
      sender_(context.workspace, *this, context.random),
      rtcp_(context.clock, context.random),
      quality_(openedAt_) {
  // Where it really is, is ICE's business.
  if (ice() != nullptr) remote_.signal({IceSocket::farEnd(), IceSocket::farEnd(), RemotePolicy::Signalled}, openedAt_);
}

Leg::~Leg() {
  unpair();
  hear(nullptr);
  while (!listeners_.empty()) listeners_.back()->hear(nullptr);
}

void Leg::apply(const MediaChange& change) {
  if (change.security) setSecurity(*change.security);
  if (change.remote) setRemote(*change.remote);
  if (change.keepAlive) keepAlive_.setInterval(*change.keepAlive);
  if (change.receive) receiver_.setCodecs(*change.receive);
  if (change.receiveTelephoneEvents) receiver_.setTelephoneEvents(*change.receiveTelephoneEvents);
  if (change.inbandDigits) receiver_.setInbandDigits(*change.inbandDigits);
  if (change.send) {
    sender_.setCodec(*change.send);
    sendClockRate_ = change.send->clockRate;
  }
  if (change.sendTelephoneEvent) sender_.setTelephoneEvent(*change.sendTelephoneEvent);
  if (change.packetMs) sender_.setPacketMs(*change.packetMs);
  if (change.direction) direction_ = *change.direction;
  receiver_.setListening(receives(direction_));
  if (change.receiveGainDb) receiver_.setGain(*change.receiveGainDb);
  if (change.sendGainDb) sendGain_.set(*change.sendGainDb);
  if (change.processing) receiver_.setProcessing(*change.processing);
  if (change.muted) receiver_.setMuted(*change.muted);
  if (change.receiveVideo) ownVideo().receive(*change.receiveVideo);
  if (change.sendVideo) ownVideo().send(*change.sendVideo);
  if (change.seesSize) ownVideo().prefer(*change.seesSize);
  if (change.forward) forwardable_ = *change.forward;
  reconsiderForwarding();
  if (source_ != nullptr) setRelayTypes();
  for (Leg* listener : listeners_) listener->setRelayTypes();
  watch(urgent());
  if (dtls_ && remote_.known()) earlyDtls_.release(0, [this](const Datagram& d) { onDtls(d, MediaPort::Rtp); });
  if (receiver_.ready()) early_.release(context_.clock.now() - kAnswerOnItsWay, [this](const Datagram& d) { onRtp(d); });
}

void Leg::setRemote(const RemoteChange& change) {
  if (!change.remote) return remote_.pause();
  if (!remote_.mayBeSentTo()) keepAlive_.start(context_.clock.now());
  remote_.signal(*change.remote, context_.clock.now());
}

void Leg::setSecurity(const SecurityChange& change) {
  const auto* terms = std::get_if<DtlsTerms>(&change);
  // RFC 8842 §5: what is the same again goes on.
  if (terms != nullptr && dtls_ && dtls_->terms() == *terms) return;
  auto security = security_ && !terms && !dtls_ ? std::move(security_) : std::make_unique<LegSecurity>();
  std::unique_ptr<LegDtls> dtls;
  if (terms != nullptr) dtls = std::make_unique<LegDtls>(context_.dtls, *terms, *security, *sockets_.rtp, *sockets_.rtcp, context_.clock.now());
  dtls_ = std::move(dtls);
  security_ = std::move(security);
  if (const auto* keys = std::get_if<SrtpKeys>(&change)) security_->setKeys(*keys);
  else if (terms == nullptr) security_.reset();
}

void Leg::hear(Leg* source) {
  if (source == source_) return;
  if (source_ != nullptr) {
    auto& others = source_->listeners_;
    others.erase(std::remove(others.begin(), others.end(), this), others.end());
    source_->watch(source_->urgent());
    sender_.endRelay(context_.clock.now());
  }
  source_ = source;
  if (source != nullptr) endPlayers();
  receiver_.setDecoding(source == nullptr);
  if (source == nullptr) return;
  setRelayTypes();
  source->listeners_.push_back(this);
  source->watch(true);
}

LegVideo& Leg::ownVideo() {
  VideoOutput& output = *this;
  if (!video_) video_ = std::make_unique<LegVideo>(output, context_.random());
  return *video_;
}

void Leg::see(Leg* source) {
  if (source == nullptr && !video_) return;
  ownVideo().see(source != nullptr ? &source->ownVideo() : nullptr);
  if (source != nullptr) source->watch(true);
}

void Leg::setRelayTypes() { sender_.setRelay(RelayTypes(source_->receiver_.relaySource(), sender_.relayTarget())); }

void Leg::watch(bool watched) {
  if (watched == watched_) return;
  watched_ = watched;
  if (!sockets_.rtp->watch(watched ? this : nullptr)) watched_ = false;
}

void Leg::greet(Nanos nextTick) {
  if (!maySend() || !sender_.canSend()) return;
  if (frameDue_ != 0 && nextTick <= frameDue_ - kTick) nextTick += kTick;
  const Nanos wait = nextTick - context_.clock.now();
  if (wait >= kWorthGreeting && wait <= kTick) sender_.open(wait);
}

bool Leg::keepTime(Nanos nominal) {
  if (frameDue_ == 0) frameDue_ = nominal;
  if (nominal <= frameDue_ - kTick) return false;
  const Nanos ticksLeftOut = (nominal - frameDue_) / kTick;
  if (ticksLeftOut > 0) sender_.jump(ticksLeftOut * kTick);
  frameDue_ += (ticksLeftOut + 1) * kTick;
  return true;
}

bool Leg::receive(Nanos nominal, Nanos now, const Frame& frame) {
  idleTick_ = !keepTime(nominal);
  if (idleTick_) {
    silence(frame);
    return false;
  }
  read(now);
  const bool audible = receiver_.pull(now, frame);
  report();
  return audible;
}

void Leg::receiveAgain(const Frame& frame) {
  if (idleTick_) silence(frame);
  else receiver_.pullAgain(frame);
}

void Leg::relayTick(Nanos nominal, Nanos now) {
  if (!keepTime(nominal)) return;
  read(now);
  receiver_.idle(now);
  if (maySend()) sender_.relayTick(now);
  else sender_.skip();
  sendWhatIsDue(now);
  report();
}

PlayerSet& Leg::players() {
  if (!players_) {
    players_ = std::make_unique<PlayerSet>(context_.listener);
    sender_.setPlayers(players_.get());
    reconsiderForwarding();
  }
  return *players_;
}

void Leg::tap(HeardTap& tap) {
  sender_.tap(tap);
  reconsiderForwarding();
}

void Leg::endPlayers() {
  sender_.setPlayers(nullptr);
  players_.reset();
}

/** Whether it sends in this tick. */
bool Leg::sendsNow() {
  if (maySend() && sender_.canSend()) {
    if (players_) players_->tick(receiver_.statistics().packets() > 0 && !sender_.forwards(), sender_.rate());
    return true;
  }
  sender_.skip();
  if (players_) players_->pause();
  return false;
}

void Leg::transmitted(Nanos now) {
  if (players_ && players_->empty()) endPlayers();
  sendWhatIsDue(now);
}

void Leg::transmit(Nanos now, const Frame& frame, EncodedOnce* common) {
  if (idleTick_) return;
  if (sendsNow()) {
    if (sender_.forwards()) forwardedTick(now, frame);
    else sender_.tick(amplified(frame), common);
  }
  transmitted(now);
}

void Leg::transmit(Nanos now, const Frame& frame, const Frame& next) {
  if (idleTick_) return;
  if (sendsNow()) {
    if (sender_.forwards()) {
      forwardedTick(now, frame);
    } else {
      const Frame first = amplified(frame);
      sender_.tick(first, amplifiedAgain(next));
    }
  }
  transmitted(now);
}

Frame Leg::amplified(const Frame& frame) {
  if (sendGain_.neutral()) return frame;
  // Others may be given the same frame.
  int16_t* out = context_.workspace.amplified.data();
  sendGain_.process(frame.pcm, out, static_cast<size_t>(frame.rate * kTick / kSecond));
  return {out, frame.rate};
}

Frame Leg::amplifiedAgain(const Frame& frame) {
  if (sendGain_.neutral()) return frame;
  int16_t* out = context_.workspace.amplifiedNext.data();
  sendGain_.again(frame.pcm, out, static_cast<size_t>(frame.rate * kTick / kSecond));
  return {out, frame.rate};
}

bool Leg::send(uint8_t* datagram, size_t size) {
  if (security_) {
    SrtpSender* sender = security_->sender(MediaPort::Rtp);
    size = sender != nullptr ? sender->protectRtp(datagram, size) : 0;
  }
  return size > 0 && sockets_.rtp->send(remote_.rtp(), {datagram, size}) == Sent::Ok;
}

void Leg::sendVideo(uint8_t* datagram, size_t size) {
  (void)send(datagram, size);
}

/** Whatever the direction is. */
void Leg::sendWhatIsDue(Nanos now) {
  if (!remote_.mayBeSentTo() || !secured()) return;
  // On one port for both, reports keep it open.
  if (keepAlive_.due(sender_.packets(), now) && !remote_.multiplexed()) sender_.keepAlive();
  if (rtcp_.due(now)) sendReport(false);
  if (video_) sendVideoFeedback(now);
}

void Leg::sendReport(bool bye) {
  std::array<uint8_t, kMaxRtcpBytes + kSrtpTrailerBytes> out;
  const size_t size = rtcp_.write(out.data(), kMaxRtcpBytes, sender_, receiver_.statistics(), bye);
  if (sendRtcp(out.data(), size)) rtcp_.wrote();
}

void Leg::sendVideoFeedback(Nanos now) {
  // As much as goes into one datagram.
  constexpr size_t kMaxBytes = 1200;
  std::array<uint8_t, kMaxBytes + kSrtpTrailerBytes> out;
  (void)sendRtcp(out.data(), video_->writeFeedback(out.data(), kMaxBytes, sender_.ssrc(), ntpFromUnix(context_.clock.wall()), now));
}

/** @param packet with room for kSrtpTrailerBytes behind it */
bool Leg::sendRtcp(uint8_t* packet, size_t size) {
  if (size == 0) return false;
  if (security_) {
    SrtpSender* protector = security_->sender(remote_.multiplexed() ? MediaPort::Rtp : MediaPort::Rtcp);
    size = protector != nullptr ? protector->protectRtcp(packet, size) : 0;
  }
  Socket& socket = remote_.multiplexed() ? *sockets_.rtp : *sockets_.rtcp;
  return size > 0 && socket.send(remote_.rtcp(), {packet, size}) == Sent::Ok;
}

void Leg::goodbye() {
  if (remote_.mayBeSentTo() && (sender_.packets() > 0 || rtcp_.sentCount() > 0)) sendReport(true);
}

void Leg::reportDtls() {
  if (!dtls_) return;
  if (const auto suite = dtls_->takeSecured()) {
    if (video_) video_->opened();
    context_.listener.secured(id_, *suite);
  }
  if (dtls_->takeClosed()) context_.listener.dtlsClosed(id_);
  if (const auto failure = dtls_->takeFailure()) context_.listener.failed(id_, failure->code, failure->message);
}

void Leg::report() {
  while (const auto digit = receiver_.nextDigit()) context_.listener.digit(id_, *digit);
  if (sender_.takeDigitsDone()) context_.listener.digitsSent(id_);
  reportDtls();
  if (ice() != nullptr) {
    if (const auto change = ice()->takeChange(context_.clock.now())) context_.listener.iceChanged(id_, change->remote);
  }
  if (const auto why = receiver_.takeFailure()) context_.listener.failed(id_, "media.codec-failed", *why);
  if (const auto why = sender_.takeFailure()) context_.listener.failed(id_, "media.codec-failed", *why);
}

}  // namespace interconnect
