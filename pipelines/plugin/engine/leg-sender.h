#pragma once
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audio/level.h"
#include "audio/rate-converter.h"
#include "clock/nanos.h"
#include "codec/codec-spec.h"
#include "codec/codec.h"
#include "dtmf/digit-sender.h"
#include "dtmf/tone-sender.h"
#include "engine/expected-loss.h"
#include "engine/forwarded-stream.h"
#include "engine/leg-encoder.h"
#include "engine/leg-receiver.h"
#include "engine/leg-settings.h"
#include "engine/pcm-queue.h"
#include "engine/random-source.h"
#include "engine/relay-types.h"
#include "engine/workspace.h"
#include "player/player-set.h"
#include "recording/heard-tap.h"
#include "rtp/relay-stream.h"

namespace interconnect {

/** Puts a finished RTP packet on its way. */
class PacketOutput {
 public:
  /** @param datagram with room for kSrtpTrailerBytes behind it */
  virtual bool send(uint8_t* datagram, size_t size) = 0;

 protected:
  ~PacketOutput() = default;
};

/** A packet that another leg received. */
struct RelayedPacket {
  const RtpPacket& packet;
  LegReceiver::Accepted accepted;
  Nanos arrival;
};

/**
 * One leg's way out: a frame of audio a tick becomes RTP packets, or a digit does in its place; or what another leg
 * receives is sent on. Whatever it is, it is one stream: one SSRC, sequence numbers and time stamps that go on.
 */
class LegSender final : private PayloadSink {
 public:
  /** SSRC, first sequence number and first time stamp are random (RFC 3550 §5.1). */
  LegSender(Workspace& workspace, PacketOutput& output, const RandomSource& random);

  /** A codec that is the same again goes on undisturbed. */
  void setCodec(const CodecSpec& spec);
  void setPacketMs(unsigned packetMs);
  void setTelephoneEvent(const TelephoneEventSpec& spec);

  /** What the far end hears over everything else, at rate(); null: nothing. */
  void setPlayers(PlayerSet* players) { players_ = players; }
  void tap(HeardTap& tap) { taps_.push_back(&tap); }
  void untap(HeardTap& tap) { taps_.erase(std::remove(taps_.begin(), taps_.end(), &tap), taps_.end()); }
  bool tapped() const { return !taps_.empty(); }
  /** What the far end says of what it is sent: the fraction that got lost since its report before. */
  void reportedLoss(double ratio);

  bool canSend() const { return static_cast<bool>(encoder_); }
  RelayTypes::Target relayTarget() const { return {spec_, telephoneEvent_}; }
  const std::optional<CodecSpec>& codec() const { return spec_; }
  /** Of the audio that the far end can hear, Hz. */
  uint32_t rate() const { return rate_; }
  /**
   * The way is open and the first tick `wait` away: a packet of silence fills the time until then, so that the far
   * end (and every NAT on the way) hears of us at once. Nothing where the codec cannot make so short a packet.
   */
  void open(Nanos wait);
  /**
   * Whether the next tick is of what all hear who say nothing; otherwise it has something else to encode. Said of every leg of
   * a session before one of them is ticked, and of a leg that leaves it.
   */
  void share(bool common);
  /** One tick of audio goes out; with `common` it is what share(true) told of. */
  void tick(const Frame& frame, EncodedOnce* common = nullptr);
  /** One tick in which the mix goes over to another rate: the same audio at both, faded from the one into the other. */
  void tick(const Frame& frame, const Frame& next);
  /** One tick in which nothing is sent (hold, no far end yet): the time stamps go on (RFC 3550 §5.1). */
  void skip();
  /** A packet without sound, of a payload type that no far end knows and each leaves alone (RFC 3550 §5.1). */
  void keepAlive();
  /** This much time was left out altogether: the next packet's time stamp shows it. */
  void jump(Nanos time);

  /** From now on relay() and relayTick() are called, and tick() no more; again with other types changes those. */
  void setRelay(const RelayTypes& types);
  void endRelay(Nanos now);
  // Only between the two:
  /** What another leg received goes out, unless a digit of ours is on its way. */
  void relay(const RelayedPacket& received);
  /** Something was not sent on, as the leg may not send: what comes next follows on what went out last. */
  void pauseRelay() { relay_->stream.restart(); }
  /** One tick in which only our own digits are sent. */
  void relayTick(Nanos now);

  /** What the other leg of a pair says in this payload type is sent on by forward() from now on. */
  void beginForwarding(uint8_t sourceType);
  /** Again all is encoded, but for what was sent on already. */
  void endForwarding();
  /** From the first of the two until nothing is left to be left out: forwardedTick() takes the place of tick(). */
  bool forwards() const { return forwarded_ != nullptr; }
  bool forwardingBegun() const { return forwarded_ && forwarded_->numbers().begun(); }
  /**
   * @param ahead what lies between the last tick and the packet, in samples at rate(): only the first one's is looked at
   * @returns false when it cannot be sent on, and nothing after it
   */
  bool forward(const RelayedPacket& received, size_t ahead);
  /** One tick of audio, of which the first `sentOn` samples at rate() went out as they came. */
  void forwardedTick(Nanos now, const Frame& frame, size_t sentOn);
  /** The far end loses packets, and the encoder can provide for that. */
  bool providesForLoss() const { return encoder_ && encoder_.expectedLoss() > 0; }
  /** A digit of ours is on its way. */
  bool ownDigit() const { return (digits_ && digits_->active()) || (tones_ && tones_->active()); }

  bool canSendDigits() const { return digits_ != nullptr; }
  /**
   * Only when canSendDigits(), or canSend() for those that go as tones. How long until the queue is out, ms; nothing
   * when the queue is full.
   */
  std::optional<uint32_t> queueDigits(std::string_view digits, unsigned digitMs, unsigned gapMs, DigitSource way);

  /** The last digit of the queue went out since the last call. */
  bool takeDigitsDone();
  /** A sentence, once, when the encoder has broken. */
  std::optional<std::string> takeFailure();

  uint32_t ssrc() const { return ssrc_; }
  /** Of the next packet. */
  uint16_t sequence() const { return sequence_; }
  unsigned packetMs() const { return packetMs_; }
  /** Of the audio that this tick is about. */
  uint32_t timestamp() const { return timestamp_; }
  uint64_t packets() const { return packets_; }
  uint64_t bytes() const { return bytes_; }
  uint64_t errors() const { return errors_; }
  /** Nothing for a leg that never relayed. */
  std::optional<uint64_t> notRelayed() const { return notRelayed_; }
  uint64_t digits() const { return digitCount_; }
  /** Packets that went on as they came from the other leg of a pair. */
  uint64_t forwarded() const { return forwardedCount_; }
  const LevelMeter& level() const { return level_; }
  int takePeak() { return level_.takePeak(); }

 private:
  void payload(Span bytes, size_t samples) override;
  void send(const int16_t* pcm, EncodedOnce* common);
  bool sendDigit();
  const int16_t* withTones(const int16_t* pcm);
  void remember(const int16_t* pcm);
  void warmUp();
  void joinOn(const int16_t* pcm, size_t samples);
  void settle();
  void catchUpInSilence(const int16_t* pcm, size_t samples);
  void sendPacket(const RtpPacket& packet);
  uint32_t lineAt(Nanos now) const;
  void relayTones(Nanos now);
  void encode(const int16_t* pcm, size_t samples, EncodedOnce* common);
  void useRate(uint32_t rate);
  void pass(Nanos time) { timestamp_ += static_cast<uint32_t>(nanosToUnits(time, clockRate())); }
  uint32_t clockRate() const { return spec_ ? spec_->clockRate : rate_; }
  uint32_t unitsOf(size_t samples) const;
  size_t tickSamples() const;
  size_t packetSamples() const { return size_t{rate_} * packetMs_ / 1000; }

  struct Relay {
    RelayTypes types;
    RelayStream stream;
    /** The newest packet of audio that went out, and when it had come. */
    std::optional<uint32_t> timestamp;
    Nanos arrival = 0;
    /** The last tick was one of our own tones. */
    bool tones = false;
  };

  Workspace& workspace_;
  /** Of all that is encoded. */
  uint32_t rate_ = 8000;
  PacketOutput& output_;
  const uint32_t ssrc_;
  uint16_t sequence_;
  uint32_t timestamp_;

  std::optional<CodecSpec> spec_;
  LegEncoder encoder_;
  ExpectedLoss expectedLoss_;
  /** Of the tick that comes. */
  bool shares_ = false;
  unsigned packetMs_ = 20;
  RateConverter fromMix_;
  PlayerSet* players_ = nullptr;
  std::vector<HeardTap*> taps_;
  /** Audio that does not fill a packet yet. */
  PcmQueue pending_;
  /** Of the next payload that the encoder gives. */
  uint32_t payloadTimestamp_ = 0;
  /** The next packet begins a talkspurt (RFC 3551 §4.1). */
  bool marker_ = true;

  std::optional<TelephoneEventSpec> telephoneEvent_;
  // By pointer: most legs never send a digit, and its queue is the largest thing here.
  std::unique_ptr<DigitSender> digits_;
  /** Of digits that go as tones. */
  std::unique_ptr<ToneSender> tones_;
  bool digitsDone_ = false;
  // By pointer: most legs hear a mix.
  std::unique_ptr<Relay> relay_;
  std::unique_ptr<ForwardedStream> forwarded_;
  /** What is sent is so much older than it has to be, as it joined on within a tick; samples in pending_. */
  size_t lag_ = 0;

  std::optional<std::string> failure_;
  bool failed_ = false;
  uint64_t packets_ = 0;
  uint64_t bytes_ = 0;
  uint64_t errors_ = 0;
  uint64_t digitCount_ = 0;
  std::optional<uint64_t> notRelayed_;
  uint64_t forwardedCount_ = 0;
  /** Since the last tick. */
  unsigned forwardedNow_ = 0;
  LevelMeter level_;
};

}  // namespace interconnect
