#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "audio/concealment.h"
#include "audio/comfort-noise.h"
#include "audio/level.h"
#include "audio/mute-switch.h"
#include "audio/rate-converter.h"
#include "audio/time-scale.h"
#include "codec/codec-spec.h"
#include "codec/codec.h"
#include "dtmf/digit-receiver.h"
#include "dtmf/inband-receiver.h"
#include "engine/delay-histogram.h"
#include "engine/delay-sum.h"
#include "engine/leg-settings.h"
#include "engine/pcm-queue.h"
#include "engine/relay-types.h"
#include "engine/voice-processing.h"
#include "engine/workspace.h"
#include "rtp/jitter-buffer.h"
#include "rtp/loss-pattern.h"
#include "rtp/receive-statistics.h"

namespace interconnect {

/** One leg's way in: RTP packets of the negotiated codecs become a frame of audio a tick. */
class LegReceiver {
 public:
  explicit LegReceiver(Workspace& workspace);

  /** Decoders of codecs that stay are kept. */
  void setCodecs(const std::vector<CodecSpec>& codecs);
  /** One for each clock rate of the codecs (RFC 4733 §2.1 wants that of the audio beside it). */
  void setTelephoneEvents(const std::vector<TelephoneEventSpec>& specs);
  void setInbandDigits(const InbandDigits& digits);
  /** While it does not listen, packets are counted and no more. */
  void setListening(bool listening);
  /** While it does not decode, packets are sent on to other legs at most, and pull() gives silence. */
  void setDecoding(bool decoding);
  /** In its audio. */
  bool seeksDigits() const { return inband_ != nullptr; }
  /** While it is muted nobody hears it, and nothing is decoded; all else goes on (digits, jitter buffer, figures of packets). */
  void setMuted(bool muted) { mute_.set(muted); }
  void setGain(double db);
  void setProcessing(const ProcessingSpec& spec);
  /** Nothing while what it says goes into the mix as it is. */
  const VoiceProcessing* processing() const { return processing_.get(); }
  bool muted() const { return mute_.muted(); }
  /** Muted, and what was being said when it was has faded out. */
  bool silenced() const { return mute_.closed(); }
  /** Whether it has been told what may come. */
  bool ready() const { return !codecs_.empty(); }

  bool knows(uint8_t payloadType) const;
  /** What a packet is that can be sent on. */
  struct Accepted {
    /** Its sequence number, cycles included. */
    int64_t number;
    /** It is the first of another stream. */
    bool restarted;
    /** Not telephone-event. */
    bool audio;
  };
  /**
   * A packet from the right place, of a payload type that knows() says yes to. Nothing is given back for one that is not
   * to be heard: of a stream not yet believed, or while we do not listen.
   */
  std::optional<Accepted> put(const RtpPacket& packet, Nanos arrival);
  /** The packet went on to another leg after so long. */
  void sentOn(Nanos delay) { delays_.add(delay); }

  /** What it says can go on as it came: nothing is done to it here, and nothing has had to be made up lately. */
  bool asItComes() const;
  /** The codec that is, or will be, said; nullptr where it is none that can be encoded as well. */
  const CodecSpec* saying() const;
  /** The audio up to this packet is heard by the other leg of a pair without us: pull() goes on, and tells of it. */
  void markSentOn(const RtpPacket& packet);
  /** All that waits in the queue counts as sent on. @returns how much that is, samples */
  size_t markQueueSentOn() { return sentOnSamples_ = queue_.size(); }
  /** No more is sent on. */
  void endSentOn() { sendingOn_ = false; }
  /** Of the tick that was pulled last, from its beginning. */
  size_t sentOnOfTick() const { return sentOnOfTick_; }
  /** Packets that wait for their turn, in their order. */
  template <class Visit>
  void eachHeld(const Visit& visit) const {
    if (buffer_) buffer_->eachHeld(visit);
  }
  /** So long has it said nothing that anybody would have heard. */
  bool quiet() const;

  /** Of the audio that the far end says, Hz: of the codec that it used last, else of the first one agreed on. */
  uint32_t rate() const { return rate_; }
  /**
   * Writes the next tick of audio; false when there is no stream and the frame is mere silence.
   * @param now when the tick takes place
   */
  bool pull(Nanos now, const Frame& frame);
  /** Writes that tick once more, at the rate that will be asked for from now on. */
  void pullAgain(const Frame& frame);

  /** A tick without pull(). */
  void idle(Nanos now);

  /** Digits that have ended. */
  std::optional<Digit> nextDigit();
  /** A sentence, once, when a decoder has broken. */
  std::optional<std::string> takeFailure();

  RelayTypes::Source relaySource() const;
  ReceiveStatistics& statistics() { return statistics_; }
  const ReceiveStatistics& statistics() const { return statistics_; }
  const LevelMeter& level() const { return level_; }
  int takePeak() { return level_.takePeak(); }
  /** How long nothing but silence has come; nothing while what comes is not decoded. */
  std::optional<double> sinceSoundMs() const;
  const DelayHistogram& delays() const { return delays_; }
  uint64_t late() const;
  /** Thrown away by the jitter buffer although they came in time. */
  uint64_t dropped() const;
  const LossPattern& lossPattern() const { return pattern_; }
  /** Of what was played: from socket to its place in the mix, the queue of decoded audio included. */
  const DelaySum& holds() const { return holds_; }
  /** Of the last packet of audio; nullptr before there was one. */
  const CodecSpec* lastCodec() const;
  uint64_t digits() const { return digitCount_; }
  double concealedMs() const;
  std::optional<Nanos> bufferTarget() const;
  std::optional<Nanos> bufferDelay() const;

 private:
  struct Slot {
    CodecSpec spec;
    // Made when its payload type first comes.
    std::unique_ptr<Decoder> decoder;
    bool failed = false;
  };

  struct Events {
    TelephoneEventSpec spec;
    DigitReceiver digits;
  };

  Slot* find(uint8_t payloadType);
  void useClock(uint32_t clockRate);
  void setPlaying(bool listening, bool decoding);
  /** Of a muted far end nothing is decoded, unless it is listened to for digits. */
  bool unheard() const { return mute_.closed() && !inband_; }
  bool playing() const { return listening_ && decoding_; }
  /** False when there was no stream to take from, and silence was taken. */
  bool takeFromBuffer(Nanos now);
  void play(const Taken& taken, Nanos now);
  void cutBesideEvents(const RtpPacket& packet, uint32_t clockRate, int16_t* pcm, size_t samples);
  bool silence(const Frame& frame);
  void conceal(size_t samples, Span next = {});
  void appendSilence(size_t samples);
  /** In the place of what is not decoded, as nobody hears it. */
  void leaveOut(size_t samples, Nanos now);
  void followTarget(Nanos now);
  void passMute(int16_t* pcm, size_t samples);
  void noteSentOn(const RtpPacket& packet);
  VoiceProcessing& processed();
  void useRate(uint32_t rate);
  void scaleTime(Nanos wanted, Nanos now);
  size_t samplesOf(Nanos duration) const;
  size_t tickSamples() const;

  Workspace& workspace_;
  /** Of all that is decoded. */
  uint32_t rate_ = 8000;
  std::vector<Slot> codecs_;
  std::vector<Events> events_;
  bool listening_ = false;
  bool decoding_ = true;

  uint32_t clockRate_ = 8000;
  std::optional<JitterBuffer> buffer_;
  uint64_t lateBefore_ = 0;
  uint64_t droppedBefore_ = 0;
  Concealment concealment_;
  /** Payload type of what was heard last; its decoder may be able to conceal what got lost. */
  std::optional<uint8_t> speaking_;
  /** Since the last packet of comfort noise (RFC 3389) nothing was said. */
  std::optional<ComfortNoise> noise_;
  TimeScale timeScale_;
  PcmQueue queue_;
  MuteSwitch mute_;
  /** In the queue, up to the end of what was made up last. */
  size_t concealedSamples_ = 0;
  InbandDigits inbandDigits_;
  /** Only while digits are looked for in the audio. */
  std::unique_ptr<InbandReceiver> inband_;
  /** 0 while an event stands for the audio. */
  float besideEvents_ = 1;
  // By pointer: most legs have none.
  std::unique_ptr<VoiceProcessing> processing_;
  RateConverter toMix_;
  /** The tick that was pulled last; nothing when it was silence. */
  const int16_t* pulled_ = nullptr;
  uint64_t streams_ = 0;
  /** The newest packet that went on as it came. */
  struct SentOn {
    uint32_t ssrc;
    uint16_t sequence;
  };
  std::optional<SentOn> sentOn_;
  bool sendingOn_ = false;
  /** In the queue, up to the end of what was sent on. */
  size_t sentOnSamples_ = 0;
  size_t sentOnOfTick_ = 0;
  /** How many ticks ago something was made up in the place of what did not come. */
  size_t ticksSinceConcealed_ = SIZE_MAX / 2;

  ReceiveStatistics statistics_;
  LevelMeter level_;
  LossPattern pattern_;
  DelaySum holds_;
  std::optional<uint8_t> lastType_;
  DelayHistogram delays_;
  Nanos concealed_ = 0;
  uint64_t digitCount_ = 0;
  std::optional<std::string> failure_;
};

}  // namespace interconnect
