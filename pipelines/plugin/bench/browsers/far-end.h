#pragma once
#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/browsers/camera.h"
#include "bench/browsers/ear.h"
#include "bench/browsers/voice.h"
#include "clock/clock.h"
#include "dtls/association.h"
#include "net/network.h"
#include "rtp/receive-statistics.h"
#include "srtp/srtp-receiver.h"
#include "srtp/srtp-sender.h"

namespace bench {

using interconnect::Address;
using interconnect::Nanos;
using interconnect::Span;

/** How a far end reaches the server. */
struct Transport {
  Address local;
  Address remote;
  /** Nothing of it: plain RTP. */
  struct Webrtc {
    /** "theirs:ours" (RFC 8445 §7.2.2), and their password. */
    std::string username;
    std::string password;
    /** With which its own checks, of a server that is not ICE-lite, are answered. */
    std::string ownPassword;
    /** Who has made the offer controls (RFC 8445 §6.1.1). */
    bool controls;
    interconnect::DtlsTerms dtls;
  };
  std::optional<Webrtc> webrtc;
};

/** A stream that is sent. */
struct Track {
  uint8_t payloadType;
  uint32_t ssrc;
};

/** What it did so far. */
struct FarEndFigures {
  uint64_t sent = 0;
  uint64_t received = 0;
  uint64_t receivedBytes = 0;
  /** By the sequence numbers, of what came in. */
  uint64_t lost = 0;
  uint64_t unopened = 0;
  /** Packets that went out more than 5 ms too late. */
  uint64_t late = 0;
  uint64_t keyFramesAsked = 0;
};

/**
 * One transport of a browser, or a phone in plain RTP: checks, DTLS, SRTP, a voice or a
 * camera as was made before, and reports. It asks for nothing again: nothing gets lost on a loopback that is not full.
 */
class FarEnd final : private interconnect::ReadableListener, private interconnect::DatagramOutput {
 public:
  /** What there is to tell, and when it was. */
  struct Listener {
    std::function<void(Nanos, const char* suite)> secured;
    /** A tone begins, on the packets' own time line. */
    std::function<void(Nanos)> heard;
    std::function<void(const std::string&)> failed;
  };
  struct Parts {
    const interconnect::DtlsContext& identity;
    interconnect::Network& network;
    const interconnect::Clock& clock;
  };

  /** @throws std::runtime_error its port cannot be had */
  FarEnd(const Parts& parts, const Transport& transport, Listener listener);
  ~FarEnd();

  /** What it says from now on, and of what its first packet is: nobody's voice is nothing. `voice` must outlive it. */
  void say(const Voice* voice, size_t first);
  void setVoiceTrack(const Track& track) { voiceTrack_ = track; }
  void setCamera(const Track& track, unsigned bitsPerSecond);
  /** It listens for a tone in packets of this type. */
  void setEar(VoiceCodec codec, uint8_t payloadType, double hz) {
    ear_ = std::make_unique<Ear>(codec, hz);
    earType_ = payloadType;
  }
  /** It is shown video: told as REMB each second. */
  void setViewer(uint64_t bitsPerSecond) { viewerBitrate_ = bitsPerSecond; }

  /** Every millisecond, or nearly. */
  void turn();
  const FarEndFigures& figures();
  /** When the first packet of the voice's last round went out. */
  std::optional<Nanos> roundBegan() const { return roundBegan_; }

 private:
  void readable() override;
  void send(Span datagram) override;
  void take(const interconnect::Datagram& datagram);
  void takeStun(const interconnect::Datagram& datagram);
  /** Opened, in `room`; empty when it cannot be. */
  Span plainOf(Span datagram, std::array<uint8_t, 2048>& room);
  void takeMedia(const interconnect::Datagram& datagram);
  void takeRtcp(Span plain);
  void check();
  void secure();
  bool open() const { return !transport_.webrtc || protector_; }
  void speak(Nanos now);
  void film(Nanos now);
  void report(Nanos now);
  void sendRtp(const Track& track, uint16_t sequence, uint32_t timestamp, bool marker, Span payload);
  void sendRtcp(const uint8_t* packet, size_t size);

  const Parts parts_;
  const Transport transport_;
  const Listener listener_;
  std::unique_ptr<interconnect::Socket> socket_;

  bool checked_ = false;
  Nanos nextCheck_ = 0;
  uint32_t checks_ = 0;
  Nanos nextStep_ = 0;
  std::unique_ptr<interconnect::DtlsAssociation> association_;
  std::unique_ptr<interconnect::SrtpSender> protector_;
  std::unique_ptr<interconnect::SrtpReceiver> opener_;

  const Voice* voice_ = nullptr;
  Track voiceTrack_{};
  size_t next_ = 0;
  Nanos nextVoice_ = 0;
  bool paused_ = true;
  uint16_t voiceSequence_ = 1;
  uint32_t voiceTimestamp_ = 0;
  std::optional<Nanos> roundBegan_;

  std::unique_ptr<Camera> camera_;
  Track cameraTrack_{};
  Nanos nextPicture_ = 0;
  uint16_t cameraSequence_ = 1;
  uint32_t cameraTimestamp_ = 0;

  std::unique_ptr<Ear> ear_;
  uint8_t earType_ = 0;
  std::optional<uint64_t> viewerBitrate_;
  std::optional<interconnect::ReceiveStatistics> statistics_;
  Nanos nextReport_ = 0;
  uint64_t sentBytes_ = 0;
  FarEndFigures figures_;
};

}  // namespace bench
