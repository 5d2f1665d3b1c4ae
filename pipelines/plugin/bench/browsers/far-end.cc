#include "bench/browsers/far-end.h"

#include <stdexcept>

#include "dtls/record.h"
#include "ice/stun-answer.h"
#include "rtp/bytes.h"
#include "rtp/rtcp.h"
#include "srtp/srtp-suite.h"
#include "tests/stun-request.h"
#include "video/rtcp-feedback.h"

namespace bench {

using namespace interconnect;

namespace {

constexpr Nanos kPacket = 20 * kMillisecond;
constexpr Nanos kLate = 5 * kMillisecond;
/** Until the first check is answered, and then as often as Chromium (RFC 7675 wants one in 30 s at least). */
constexpr Nanos kFirstChecks = 50 * kMillisecond;
constexpr Nanos kChecks = 2500 * kMillisecond;
constexpr Nanos kDtlsSteps = 10 * kMillisecond;
/** As browsers report: of video more often. */
constexpr Nanos kAudioReports = 5 * kSecond;
constexpr Nanos kVideoReports = kSecond;
constexpr size_t kRoom = 1500;
const std::vector<uint8_t> kTieBreaker(8, 7);
/** Of a peer-reflexive candidate (RFC 8445 §5.1.2.1). */
const std::vector<uint8_t> kPriority = {0x6e, 0, 1, 0xff};

}  // namespace

FarEnd::FarEnd(const Parts& parts, const Transport& transport, Listener listener)
    : parts_(parts), transport_(transport), listener_(std::move(listener)) {
  auto opened = parts_.network.open(transport_.local);
  if (const auto* failure = std::get_if<OpenFailure>(&opened)) throw std::runtime_error(failure->message);
  socket_ = std::move(std::get<std::unique_ptr<Socket>>(opened));
  if (!socket_->watch(this)) throw std::runtime_error("the machine has no room to watch another socket");
  if (!transport_.webrtc) return;
  DatagramOutput& output = *this;
  association_ = std::make_unique<DtlsAssociation>(parts_.identity, transport_.webrtc->dtls, output, parts_.clock.now());
}

FarEnd::~FarEnd() { association_.reset(); }

void FarEnd::say(const Voice* voice, size_t first) {
  if (voice_ == nullptr) nextVoice_ = parts_.clock.now();
  voice_ = voice;
  next_ = voice != nullptr ? first % voice->payloads.size() : 0;
}

void FarEnd::setCamera(const Track& track, unsigned bitsPerSecond) {
  cameraTrack_ = track;
  camera_ = std::make_unique<Camera>(bitsPerSecond);
  nextPicture_ = parts_.clock.now();
}

void FarEnd::turn() {
  const Nanos now = parts_.clock.now();
  if (transport_.webrtc) {
    if (now >= nextCheck_) check();
    if (now >= nextStep_) {
      nextStep_ = now + kDtlsSteps;
      association_->tick(now);
      secure();
    }
  }
  if (!open()) return;
  speak(now);
  film(now);
  if (now >= nextReport_) report(now);
}

void FarEnd::check() {
  nextCheck_ = parts_.clock.now() + (checked_ ? kChecks : kFirstChecks);
  const Transport::Webrtc& webrtc = *transport_.webrtc;
  StunRequest request;
  // Each is another one: a box believes none twice.
  write32(request.bytes.data() + 8, ++checks_);
  request.username(webrtc.username).add(webrtc.controls ? kStunIceControlling : kStunIceControlled, kTieBreaker).add(kStunPriority, kPriority);
  if (webrtc.controls) request.add(kStunUseCandidate, {});
  send(request.integrity(webrtc.password).fingerprint().span());
}

void FarEnd::send(Span datagram) { socket_->send(transport_.remote, datagram); }

void FarEnd::readable() {
  std::array<Datagram, Socket::kBatch> batch;
  for (;;) {
    const size_t count = socket_->receive(batch.data());
    for (size_t i = 0; i < count; i++) take(batch[i]);
    if (count < batch.size()) return;
  }
}

void FarEnd::take(const Datagram& datagram) {
  const Span bytes = datagram.bytes;
  if (isStun(bytes)) return takeStun(datagram);
  if (!isDtls(bytes)) return takeMedia(datagram);
  if (!association_) return;
  association_->received(bytes, parts_.clock.now());
  secure();
}

void FarEnd::takeStun(const Datagram& datagram) {
  const auto message = parseStun(datagram.bytes);
  if (!message || !association_) return;
  if (message->type == kStunBindingRequest) {
    const auto answer = StunAnswer::success(*message, datagram.from, transport_.webrtc->ownPassword);
    return send(answer.bytes());
  }
  if (message->type != kStunBindingSuccess || checked_) return;
  checked_ = true;
  if (transport_.webrtc->dtls.role == DtlsRole::Client) association_->start(parts_.clock.now());
}

void FarEnd::secure() {
  switch (association_->state()) {
    case DtlsAssociation::State::Failed:
      return listener_.failed(association_->failure().message);
    case DtlsAssociation::State::Secured:
      break;
    default:
      return;
  }
  if (protector_) return;
  const SrtpKeys& keys = association_->keys();
  protector_ = std::make_unique<SrtpSender>(keys.send);
  opener_ = std::make_unique<SrtpReceiver>(keys.receive);
  const Nanos now = parts_.clock.now();
  nextVoice_ = nextPicture_ = now;
  nextReport_ = now + kVideoReports;
  listener_.secured(now, factsOf(keys.send.suite()).name);
}

Span FarEnd::plainOf(Span datagram, std::array<uint8_t, 2048>& room) {
  if (!transport_.webrtc) return datagram;
  if (!opener_) return {};
  const auto opened = isRtcp(datagram) ? opener_->openRtcp(datagram, room.data(), room.size()) : opener_->openRtp(datagram, room.data(), room.size());
  return opened.verdict == SrtpVerdict::Good ? opened.plain : Span{};
}

void FarEnd::takeMedia(const Datagram& datagram) {
  std::array<uint8_t, 2048> room;
  const Span plain = plainOf(datagram.bytes, room);
  if (plain.size > 0 && isRtcp(datagram.bytes)) return takeRtcp(plain);
  const auto packet = parseRtp(plain);
  if (!packet) {
    figures_.unopened++;
    return;
  }
  figures_.received++;
  figures_.receivedBytes += packet->payload.size;
  if (!statistics_) statistics_.emplace(viewerBitrate_ ? 90000 : 48000);
  statistics_->received(*packet, datagram.arrival);
  if (!ear_ || packet->payloadType != earType_) return;
  if (const auto at = ear_->hear(*packet, datagram.arrival)) listener_.heard(*at);
}

void FarEnd::takeRtcp(Span plain) {
  if (!camera_) return;
  const auto feedback = parseRtcpFeedback(plain, cameraTrack_.ssrc);
  if (!feedback || !feedback->keyFrame) return;
  figures_.keyFramesAsked++;
  camera_->askKeyFrame();
}

void FarEnd::speak(Nanos now) {
  if (voice_ == nullptr || now < nextVoice_) return;
  if (now - nextVoice_ > kLate) figures_.late++;
  const auto& payload = voice_->payloads[next_];
  if (next_ == 0) roundBegan_ = now;
  // The marker begins a talkspurt (RFC 3551 §4.1).
  if (!payload.empty()) sendRtp(voiceTrack_, voiceSequence_++, voiceTimestamp_, paused_, {payload.data(), payload.size()});
  paused_ = payload.empty();
  voiceTimestamp_ += static_cast<uint32_t>(voice_->packetSamples());
  next_ = (next_ + 1) % voice_->payloads.size();
  nextVoice_ += kPacket;
}

void FarEnd::film(Nanos now) {
  if (!camera_ || now < nextPicture_) return;
  camera_->picture([&](const std::vector<uint8_t>& payload, bool last) {
    sendRtp(cameraTrack_, cameraSequence_++, cameraTimestamp_, last, {payload.data(), payload.size()});
  });
  cameraTimestamp_ += 90000 / Camera::kPicturesPerSecond;
  nextPicture_ += kSecond / Camera::kPicturesPerSecond;
}

void FarEnd::report(Nanos now) {
  nextReport_ = now + (camera_ || viewerBitrate_ ? kVideoReports : kAudioReports);
  const Track& track = camera_ ? cameraTrack_ : voiceTrack_;
  // A receiver speaks under an SSRC of its own.
  RtcpMessage message{track.ssrc != 0 ? track.ssrc : 1, {}, {}, "bench", false};
  if (figures_.sent > 0) {
    message.sender = SenderInfo{ntpFromUnix(parts_.clock.wall()), camera_ ? cameraTimestamp_ : voiceTimestamp_,
                                static_cast<uint32_t>(figures_.sent), static_cast<uint32_t>(sentBytes_)};
  }
  if (statistics_) message.block = statistics_->report(now);
  std::array<uint8_t, kRoom> packet;
  sendRtcp(packet.data(), writeRtcp(packet.data(), kMaxRtcpBytes, message));
  if (!viewerBitrate_ || !statistics_ || !statistics_->ssrc()) return;
  sendRtcp(packet.data(), writeBitrate(packet.data(), kRoom - kSrtpTrailerBytes, message.ssrc, *statistics_->ssrc(), *viewerBitrate_));
}

void FarEnd::sendRtp(const Track& track, uint16_t sequence, uint32_t timestamp, bool marker, Span payload) {
  std::array<uint8_t, kRoom> datagram;
  size_t size = writeRtpHeader(datagram.data(), {marker, track.payloadType, sequence, timestamp, track.ssrc, payload});
  std::copy_n(payload.data, payload.size, datagram.data() + size);
  size += payload.size;
  if (protector_) size = protector_->protectRtp(datagram.data(), size);
  send({datagram.data(), size});
  figures_.sent++;
  sentBytes_ += payload.size;
}

void FarEnd::sendRtcp(const uint8_t* packet, size_t size) {
  // A phone's RTCP has a port of its own, which is not looked at here.
  if (!transport_.webrtc) return;
  std::array<uint8_t, kRoom> datagram;
  std::copy_n(packet, size, datagram.data());
  send({datagram.data(), protector_->protectRtcp(datagram.data(), size)});
}

const FarEndFigures& FarEnd::figures() {
  if (statistics_) figures_.lost = statistics_->lost();
  return figures_;
}

}  // namespace bench
