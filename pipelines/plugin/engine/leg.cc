#include "engine/leg.h"

#include <algorithm>
#include <array>

#include "engine/tick.h"

namespace interconnect {
namespace {

/** At most this many batches a tick: a flood on one port must not keep the others waiting. */
constexpr int kMaxBatches = 4;
/** RTCP comes every few seconds and carries its own kernel time stamp: no need to look more often. */
constexpr Nanos kRtcpReadInterval = kSecond;
/** From the answer on the wire to the settings that follow from it; what came earlier was early media. */
constexpr Nanos kAnswerOnItsWay = 40 * kMillisecond;
/** A tick that is nearer than this is soon enough. */
constexpr Nanos kWorthGreeting = 4 * kMillisecond;

}  // namespace

Leg::Leg(std::string id, const LocalPorts& local, LegSockets sockets, uint32_t sampleRate, const LegContext& context)
    : id_(std::move(id)),
      local_(local),
      sockets_(std::move(sockets)),
      context_(context),
      openedAt_(context.clock.now()),
      sampleRate_(sampleRate),
      receiver_(sampleRate, context.workspace),
      sender_(sampleRate, context.workspace, *this, context.random),
      rtcp_(context.clock, context.random) {}

void Leg::apply(const MediaChange& change) {
  if (change.remote) remote_.signal(*change.remote);
  if (change.receive) receiver_.setCodecs(*change.receive);
  if (change.receiveTelephoneEvent) receiver_.setTelephoneEvent(*change.receiveTelephoneEvent);
  if (change.send) {
    sender_.setCodec(*change.send);
    sendClockRate_ = change.send->clockRate;
  }
  if (change.sendTelephoneEvent) sender_.setTelephoneEvent(*change.sendTelephoneEvent);
  if (change.packetMs) sender_.setPacketMs(*change.packetMs);
  if (change.direction) direction_ = *change.direction;
  receiver_.setListening(receives(direction_));
  if (receiver_.ready()) early_.release(context_.clock.now() - kAnswerOnItsWay, [this](const Datagram& d) { onRtp(d); });
}

void Leg::greet(Nanos nextTick) {
  if (!remote_.known() || !sender_.canSend() || !sends(direction_)) return;
  if (frameDue_ != 0 && nextTick <= frameDue_ - kTick) nextTick += kTick;
  const Nanos wait = nextTick - context_.clock.now();
  if (wait >= kWorthGreeting && wait <= kTick) sender_.open(static_cast<size_t>(wait * sampleRate_ / kSecond));
}

bool Leg::keepTime(Nanos nominal, size_t samples) {
  if (frameDue_ == 0) frameDue_ = nominal;
  if (nominal <= frameDue_ - kTick) return false;
  const Nanos ticksLeftOut = (nominal - frameDue_) / kTick;
  if (ticksLeftOut > 0) sender_.jump(static_cast<size_t>(ticksLeftOut) * samples);
  frameDue_ += (ticksLeftOut + 1) * kTick;
  return true;
}

bool Leg::receive(Nanos nominal, Nanos now, int16_t* frame, size_t samples) {
  idleTick_ = !keepTime(nominal, samples);
  if (idleTick_) {
    std::fill_n(frame, samples, int16_t{0});
    return false;
  }
  readRtp();
  if (now >= nextRtcpRead_) {
    nextRtcpRead_ = now + kRtcpReadInterval;
    readRtcp();
  }
  const bool audible = receiver_.pull(now, frame, samples);
  report();
  return audible;
}

void Leg::readRtp() {
  std::array<Datagram, Socket::kBatch> batch;
  for (int i = 0; i < kMaxBatches; i++) {
    const size_t n = sockets_.rtp->receive(batch.data());
    for (size_t k = 0; k < n; k++) {
      if (isRtcp(batch[k].bytes)) onRtcp(batch[k]);
      else onRtp(batch[k]);
    }
    if (n < batch.size()) return;
  }
}

void Leg::readRtcp() {
  std::array<Datagram, Socket::kBatch> batch;
  const size_t n = sockets_.rtcp->receive(batch.data());
  for (size_t k = 0; k < n; k++) onRtcp(batch[k]);
}

void Leg::onRtp(const Datagram& datagram) {
  if (!receiver_.ready()) return early_.keep(datagram);
  const auto packet = remote_.acceptsRtp(datagram.from) ? parseRtp(datagram.bytes) : std::nullopt;
  if (!packet || !receiver_.knows(packet->payloadType)) {
    discarded_++;
    return;
  }
  remote_.tookRtp(datagram.from);
  const bool first = !from_;
  if (first || *from_ != datagram.from) from_ = datagram.from;
  receiver_.put(*packet, datagram.arrival);
  if (first) context_.listener.rtpStarted(id_, datagram.from, packet->ssrc, packet->payloadType);
}

void Leg::onRtcp(const Datagram& datagram) {
  if (!remote_.acceptsRtcp(datagram.from) ||
      !rtcp_.received(datagram.bytes, datagram.arrival, sender_.ssrc(), sendClockRate_, receiver_.statistics())) {
    discarded_++;
    return;
  }
  remote_.tookRtcp(datagram.from);
}

void Leg::transmit(Nanos now, const int16_t* frame, size_t samples) {
  if (idleTick_) return;
  if (remote_.known() && sender_.canSend() && sends(direction_)) sender_.tick(frame, samples);
  else sender_.skip(samples);
  if (remote_.known() && rtcp_.due(now)) sendReport(false);
}

bool Leg::send(Span datagram) { return sockets_.rtp->send(remote_.rtp(), datagram) == Sent::Ok; }

void Leg::sendReport(bool bye) {
  std::array<uint8_t, kMaxRtcpBytes> out;
  const size_t size = rtcp_.write(out.data(), out.size(), sender_, receiver_.statistics(), bye);
  Socket& socket = remote_.multiplexed() ? *sockets_.rtp : *sockets_.rtcp;
  if (size > 0 && socket.send(remote_.rtcp(), {out.data(), size}) == Sent::Ok) rtcp_.wrote();
}

void Leg::goodbye() {
  if (remote_.known() && (sender_.packets() > 0 || rtcp_.sentCount() > 0)) sendReport(true);
}

void Leg::report() {
  while (const auto digit = receiver_.nextDigit()) context_.listener.digit(id_, *digit);
  if (sender_.takeDigitsDone()) context_.listener.digitsSent(id_);
  if (const auto why = receiver_.takeFailure()) context_.listener.failed(id_, "media.codec-failed", *why);
  if (const auto why = sender_.takeFailure()) context_.listener.failed(id_, "media.codec-failed", *why);
}

}  // namespace interconnect
