#pragma once
#include <memory>
#include <string>
#include <vector>

#include "engine/early-packets.h"
#include "engine/keep-alive.h"
#include "engine/leg-dtls.h"
#include "engine/leg-listener.h"
#include "engine/leg-receiver.h"
#include "engine/leg-rtcp.h"
#include "engine/leg-security.h"
#include "engine/leg-sender.h"
#include "engine/leg-settings.h"
#include "engine/quality.h"
#include "engine/remote-address.h"
#include "ice/ice-socket.h"
#include "net/network.h"
#include "player/player-set.h"
#include "video/leg-video.h"

namespace interconnect {

/** What every leg of an engine shares. */
struct LegContext {
  const Clock& clock;
  const RandomSource& random;
  Workspace& workspace;
  LegListener& listener;
  DtlsServices dtls;
};

struct LegSockets {
  std::unique_ptr<Socket> rtp;
  std::unique_ptr<Socket> rtcp;
  /** `rtp` once more, of a leg that shares its port with others; else nullptr. */
  IceSocket* ice = nullptr;
};

/**
 * One media endpoint: its sockets, its way in, its way out. Ticked every 20 ms by its mix; what other legs hear of it
 * undecoded goes to them when it comes.
 */
class Leg final : private PacketOutput, private VideoOutput, private ReadableListener {
 public:
  Leg(std::string id, const LocalPorts& local, LegSockets sockets, const LegContext& context);

  ~Leg();
  Leg(const Leg&) = delete;
  Leg& operator=(const Leg&) = delete;

  /** All but `hears`, which is the engine's. The codecs have been proven. @throws Failure media.security-failed */
  void apply(const MediaChange& change);
  void avoid(const FormerFarEnd& former) { remote_.avoid(former, openedAt_); }
  /** What `source` receives is sent on from now on, undecoded; nullptr: a mix is heard again. */
  void hear(Leg* source);
  /** Whose video is sent on from now on, undecoded; nullptr: nobody's. */
  void see(Leg* source);
  /** Who hears this leg so. */
  const std::vector<Leg*>& listeners() const { return listeners_; }
  /**
   * Once a tick, between the halves: whether what it receives goes on to the other leg of a pair as it comes.
   * @param other nullptr: there is no pair
   * @param unheard the other one has not heard it yet
   */
  void forward(Leg* other, bool unheard);
  /** It leaves its pair. */
  void unpair();
  /** After a change that let it send for the first time. @param nextTick nominal time of its mix's next tick */
  void greet(Nanos nextTick);

  /** Whether anybody hears what it says otherwise than as it came: else it is not decoded, if it hears nothing itself. */
  void setHeard(bool heard) { receiver_.setDecoding(heard || sends(direction_) || receiver_.seeksDigits()); }
  /**
   * First half of a tick: reads the sockets, writes the next frame; false when the frame is mere silence.
   * @param nominal when the tick was to take place; ticks need not be evenly spaced (a leg may change to a mix with
   *   another phase, and a stall may cost some): the leg keeps its own time line and lets a tick pass that comes a
   *   whole frame too early
   * @param now when it does take place
   */
  bool receive(Nanos nominal, Nanos now, const Frame& frame);
  /** The same tick once more, at another rate, at which the mix goes on. */
  void receiveAgain(const Frame& frame);
  /** Between the halves: whether it is to hear what all hear who say nothing (LegSender::share). */
  void share(bool common) { sender_.share(common && !players_ && !sender_.forwards() && !idleTick_ && maySend() && sendGain_.neutral()); }
  /** Second half: sends the frame, if the leg sends at all. */
  void transmit(Nanos now, const Frame& frame, EncodedOnce* common = nullptr);
  void transmit(Nanos now, const Frame& frame, const Frame& next);
  /** The tick of a leg that hears a leg. */
  void relayTick(Nanos nominal, Nanos now);
  /** Rate of what it says and of what it can hear, Hz; 0 while it does neither. */
  uint32_t saysRate() const { return receives(direction_) && receiver_.ready() && !receiver_.silenced() ? receiver_.rate() : 0; }
  /** Whether what it hears has to be encoded, once it can be sent to. */
  bool isSent() const { return sends(direction_) && sender_.canSend(); }
  uint32_t hearsRate() const { return maySend() && sender_.canSend() ? sender_.rate() : 0; }
  /** What it is given undecoded by another leg. */
  bool relays() const { return source_ != nullptr; }
  /** What its far end alone hears, over what it hears anyway; they go on while something is sent. */
  PlayerSet& players();
  /** Who hears what it hears; not what it is given undecoded. */
  void tap(HeardTap& tap);
  void untap(HeardTap& tap) { sender_.untap(tap); }
  /** Says BYE (RFC 3550 §6.6) if the far end has heard of us. */
  void goodbye();

  LegSender& sender() { return sender_; }

  const std::string& id() const { return id_; }
  const LocalPorts& local() const { return local_; }
  /** nullptr for a leg with ports of its own. */
  IceSocket* ice() const { return sockets_.ice; }
  Direction direction() const { return direction_; }
  bool muted() const { return receiver_.muted(); }
  Nanos openedAt() const { return openedAt_; }
  const LegReceiver& receiver() const { return receiver_; }
  const LegSender& sender() const { return sender_; }
  const LegRtcp& rtcp() const { return rtcp_; }
  Quality& quality() { return quality_; }
  /** By what was negotiated: whether it takes RTP, whether it has somewhere to send to. */
  bool mayReceive() const { return receives(direction_) && receiver_.ready(); }
  bool maySend() const { return remote_.mayBeSentTo() && sends(direction_) && secured(); }
  /** The largest samples received and sent since the last call. */
  std::pair<int, int> takePeaks() { return {receiver_.takePeak(), sender_.takePeak()}; }
  uint64_t discarded() const { return discarded_; }
  /** Nothing for a leg without security. */
  std::optional<uint64_t> unauthenticated() const;
  /** nullptr for a leg without video. */
  const LegVideo* video() const { return video_.get(); }
  /** nullptr for a leg without DTLS. */
  const LegDtls* dtls() const { return dtls_.get(); }
  /** Where RTP comes from; nothing before the first packet. */
  const std::optional<Address>& from() const { return from_; }

 private:
  /** At most about this many datagrams a tick: a flood on one port must not keep the others waiting. */
  static constexpr size_t kMaxReads = 4 * Socket::kBatch;
  /** And of one that sends video: a key frame of a large picture. */
  static constexpr size_t kMaxVideoReads = 32 * Socket::kBatch;

  bool send(uint8_t* datagram, size_t size) override;
  void sendVideo(uint8_t* datagram, size_t size) override;
  bool mayBeShown() const override { return maySend(); }
  Nanos now() const override { return context_.clock.now(); }
  LegVideo& ownVideo();
  void readable() override { readRtp(); }
  bool keepTime(Nanos nominal);
  void setRemote(const RemoteChange& change);
  /** What it is given to hear, with its gain; in the tick of a change of rate, once more at the other one. */
  Frame amplified(const Frame& frame);
  Frame amplifiedAgain(const Frame& frame);
  void setSecurity(const SecurityChange& change);
  void setRelayTypes();
  bool mayForwardTo(const Leg& other) const;
  void reconsiderForwarding();
  void endForwarding();
  void unlink();
  void sendOn(const RtpPacket& packet, const LegReceiver::Accepted& accepted, Nanos arrival);
  void beginSendingOn(const RtpPacket& newest, const LegReceiver::Accepted& accepted);
  bool passOn(const RtpPacket& packet, const LegReceiver::Accepted& accepted, Nanos arrival, size_t ahead);
  void forwardedTick(Nanos now, const Frame& frame);
  void relay(const RelayedPacket& received, bool heard);
  /** Whether what comes is to be read at once. */
  bool urgent() const {
    return !listeners_.empty() || forwardsTo_ != nullptr || (dtls_ && dtls_->busy()) || (video_ && video_->urgent());
  }
  /** False until DTLS has come to keys: a leg that is to be secured never speaks in clear. */
  bool secured() const { return !security_ || security_->ready(); }
  void watch(bool watched);
  void read(Nanos now);
  void readRtp();
  void readRtcp();
  void onRtp(const Datagram& datagram);
  void onRtcp(const Datagram& datagram, MediaPort port);
  void onDtls(const Datagram& datagram, MediaPort port);
  std::optional<Span> opened(const Datagram& datagram, MediaPort port, bool rtcp);
  void sendWhatIsDue(Nanos now);
  void sendReport(bool bye);
  void sendVideoFeedback(Nanos now);
  bool sendRtcp(uint8_t* packet, size_t size);
  void report();
  void endPlayers();
  bool sendsNow();
  void transmitted(Nanos now);
  void reportDtls();
  Address whence(const Datagram& datagram) const;

  const std::string id_;
  const LocalPorts local_;
  const LegSockets sockets_;
  const LegContext context_;
  const Nanos openedAt_;
  RemoteAddress remote_;
  KeepAlive keepAlive_;
  Direction direction_ = Direction::SendReceive;
  LegReceiver receiver_;
  LegSender sender_;
  Gain sendGain_;
  LegRtcp rtcp_;
  Quality quality_;
  std::unique_ptr<LegSecurity> security_;
  // After what it uses: it says close_notify when it goes.
  std::unique_ptr<LegDtls> dtls_;
  // By pointer: most legs never play anything.
  std::unique_ptr<PlayerSet> players_;
  // By pointer: no phone here has any.
  std::unique_ptr<LegVideo> video_;
  Leg* source_ = nullptr;
  std::vector<Leg*> listeners_;
  /** Whether its far end may be half of a pair that is forwarded. */
  bool forwardable_ = false;
  /** The other leg of a pair: who hears this one as it comes, and who is heard so (or was a moment ago). */
  Leg* forwardsTo_ = nullptr;
  Leg* forwarder_ = nullptr;
  uint32_t sendClockRate_ = 8000;
  /** When the next frame is due; 0 before the first tick. */
  Nanos frameDue_ = 0;
  bool idleTick_ = false;
  Nanos nextRtcpRead_ = 0;
  /** RTP is read when it comes, not with the ticks. */
  bool watched_ = false;
  /** Datagrams that may still be read before the next tick. */
  size_t readsLeft_ = kMaxReads;
  std::optional<Address> from_;
  EarlyPackets early_;
  /** A far end that has our offer may shake hands before its answer is here. */
  EarlyPackets earlyDtls_;
  uint64_t discarded_ = 0;
};

}  // namespace interconnect
