// Leg, as it reads: from its sockets to whoever takes what came.
#include <algorithm>
#include <array>

#include "dtls/record.h"
#include "engine/leg.h"

namespace interconnect {
namespace {

/** RTCP comes every few seconds and carries its own kernel time stamp: no need to look more often. */
constexpr Nanos kRtcpReadInterval = kSecond;

}  // namespace

void Leg::read(Nanos now) {
  if (ice() != nullptr) ice()->tick(now);
  readsLeft_ = video_ ? kMaxVideoReads : kMaxReads;
  if (dtls_ && remote_.known()) dtls_->tick(remote_, now);
  watch(urgent());
  if (!watched_) readRtp();
  if (now < nextRtcpRead_ && !(dtls_ && dtls_->rtcpBusy())) return;
  nextRtcpRead_ = now + kRtcpReadInterval;
  readRtcp();
}

void Leg::readRtp() {
  std::array<Datagram, Socket::kBatch> batch;
  while (readsLeft_ > 0) {
    const size_t n = sockets_.rtp->receive(batch.data());
    readsLeft_ -= std::min(n, readsLeft_);
    for (size_t k = 0; k < n; k++) {
      if (isDtls(batch[k].bytes)) onDtls(batch[k], MediaPort::Rtp);
      else if (isRtcp(batch[k].bytes)) onRtcp(batch[k], MediaPort::Rtp);
      else onRtp(batch[k]);
    }
    if (n < batch.size()) return;
  }
  // What is left waits for the next tick, and wakes nobody until then.
  watch(false);
}

void Leg::readRtcp() {
  std::array<Datagram, Socket::kBatch> batch;
  const size_t n = sockets_.rtcp->receive(batch.data());
  for (size_t k = 0; k < n; k++) {
    if (isDtls(batch[k].bytes)) onDtls(batch[k], MediaPort::Rtcp);
    else onRtcp(batch[k], MediaPort::Rtcp);
  }
}

void Leg::onDtls(const Datagram& datagram, MediaPort port) {
  if (!dtls_ && !receiver_.ready() && port == MediaPort::Rtp) return earlyDtls_.keep(datagram);
  const bool expected = port == MediaPort::Rtp ? remote_.acceptsRtp(datagram.from, datagram.arrival)
                                               : remote_.acceptsRtcp(datagram.from, datagram.arrival);
  if (!dtls_ || !expected) {
    discarded_++;
    return;
  }
  dtls_->received(port, datagram, remote_, context_.clock.now());
  reportDtls();
}

void Leg::onRtp(const Datagram& datagram) {
  if (!receiver_.ready() && !video_) return early_.keep(datagram);
  if (!remote_.acceptsRtp(datagram.from, datagram.arrival)) {
    discarded_++;
    return;
  }
  const auto plain = opened(datagram, MediaPort::Rtp, false);
  if (!plain) return;
  const auto packet = parseRtp(*plain);
  if (packet && video_ && video_->takes(packet->payloadType)) return video_->put(*packet, *plain, datagram.arrival);
  if (!packet || !receiver_.knows(packet->payloadType) ||
      !remote_.takesRtp(datagram.from, packet->ssrc, security_ != nullptr, datagram.arrival)) {
    discarded_++;
    return;
  }
  const bool first = !from_;
  const Address from = whence(datagram);
  if (first || *from_ != from) from_ = from;
  const auto accepted = receiver_.put(*packet, datagram.arrival);
  if (accepted && !listeners_.empty()) {
    // Digits are carried whoever is muted: they are not what is said.
    const bool heard = !muted() || !accepted->audio;
    for (Leg* listener : listeners_) listener->relay({*packet, *accepted, datagram.arrival}, heard);
    receiver_.sentOn(context_.clock.now() - datagram.arrival);
  }
  if (accepted && forwardsTo_ != nullptr) sendOn(*packet, *accepted, datagram.arrival);
  if (first) context_.listener.rtpStarted(id_, from, packet->ssrc, packet->payloadType);
}

Address Leg::whence(const Datagram& datagram) const {
  return ice() != nullptr ? ice()->remote().value_or(datagram.from) : datagram.from;
}

void Leg::relay(const RelayedPacket& received, bool heard) {
  if (heard && maySend()) sender_.relay(received);
  else sender_.pauseRelay();
}

/** The plain packet; nothing (and counted) when it is not what it should be. Valid until the next datagram is opened. */
std::optional<Span> Leg::opened(const Datagram& datagram, MediaPort port, bool rtcp) {
  if (!security_) return datagram.bytes;
  auto& room = context_.workspace.opened;
  SrtpReceiver* receiver = security_->receiver(port);
  if (receiver == nullptr) {
    discarded_++;
    return std::nullopt;
  }
  const auto result = rtcp ? receiver->openRtcp(datagram.bytes, room.data(), room.size())
                           : receiver->openRtp(datagram.bytes, room.data(), room.size());
  if (result.verdict == SrtpVerdict::Good) return result.plain;
  if (result.verdict == SrtpVerdict::Unauthenticated) security_->countUnauthenticated();
  else discarded_++;
  return std::nullopt;
}

std::optional<uint64_t> Leg::unauthenticated() const {
  return security_ ? std::optional(security_->unauthenticated()) : std::nullopt;
}

void Leg::onRtcp(const Datagram& datagram, MediaPort port) {
  if (!remote_.acceptsRtcp(datagram.from, datagram.arrival)) {
    discarded_++;
    return;
  }
  const auto plain = opened(datagram, port, true);
  if (!plain) return;
  const auto compound = parseRtcp(*plain);
  if (video_) {
    const bool ofVideo = video_->feedback(*plain, compound, datagram.arrival);
    // What says nothing of a stream's audio: feedback without a report (RFC 5506), or video's own.
    if (!compound || ofVideo) return;
  }
  if (!compound || !remote_.takesRtcp(datagram.from, compound->ssrc, security_ != nullptr, datagram.arrival)) {
    discarded_++;
    return;
  }
  const auto loss = rtcp_.received(*compound, datagram.arrival, sender_, sendClockRate_, receiver_.statistics());
  if (loss) sender_.reportedLoss(*loss);
}

}  // namespace interconnect
