#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "clock/clock.h"
#include "ice/packet-pool.h"
#include "ice/stun-message.h"
#include "ice/ice-path.h"
#include "ice/ice-streams.h"
#include "net/network.h"

namespace interconnect {

class IceSocket;

/**
 * A port that many legs share, on one or several addresses, of UDP and perhaps of TCP: who names a leg's ufrag in a
 * connectivity check and proves its password is that leg's far end from then on. What comes from anybody else is dropped,
 * unanswered.
 */
class IcePort final : private ReadableListener, private IceStreamListener {
 public:
  struct Counts {
    /** Datagrams that were dropped: of strangers, and checks that prove nothing. */
    uint64_t strangers = 0;
    IceStreamCounts streams;
  };

  /** Bound sockets, in the order of their addresses; never empty. @param streams as well; empty: no TCP */
  IcePort(const Clock& clock, std::vector<std::unique_ptr<Socket>> sockets, std::vector<std::unique_ptr<StreamPort>> streams, Counts& counts);
  ~IcePort();
  IcePort(const IcePort&) = delete;
  IcePort& operator=(const IcePort&) = delete;

  /** False when another leg has this ufrag. */
  bool add(const std::string& ufrag, IceSocket& leg);
  void remove(const std::string& ufrag);
  /** Nobody is told any more, and nothing is known of its paths. */
  void forget(const IceSocket& leg);

  /** Takes what waits and puts it where it belongs, unless that is done as it comes. */
  void look();
  Sent send(const IcePath& path, Span datagram) {
    return path.socket < sockets_.size() ? sockets_[path.socket]->send(path.remote, datagram) : streams_.send(path, datagram);
  }
  /** With every tick of every leg. */
  void tick(Nanos now) { streams_.tick(now); }
  /** One leg more, or one less, wants to be told at once. */
  void watch(bool wanted);

  PacketPool& packets() { return packets_; }

 private:
  /** Of a batch of datagrams each, and socket: what comes faster waits in the kernel. */
  static constexpr size_t kMaxBatches = 64;

  /** So many at once are no tick's worth: the kernel's buffer would not last until the next one. */
  static constexpr size_t kCrowd = 64;

  using Paths = std::map<IcePath, IceSocket*>;

  /** Listeners of legs are told of what they are given. Bounded: a flood waits. */
  void drain();
  void readable() override { drain(); }
  size_t drain(size_t socket);
  void watchCrowd(size_t taken);
  bool take(const Datagram& datagram, const IcePath& path) override;
  void taken() override { tell(); }
  void lost(const IcePath& path) override;
  IceSocket* find(std::string_view username) const;
  bool check(const IcePath& path, const Datagram& datagram);
  Paths::iterator giveUp(Paths::iterator entry);
  void tell();

  const Clock& clock_;
  const std::vector<std::unique_ptr<Socket>> sockets_;
  IceStreams streams_;
  PacketPool packets_;
  std::unordered_map<std::string, IceSocket*> ufrags_;
  Paths paths_;
  /** Who has something new to read, and is to be told. */
  std::vector<IceSocket*> woken_;
  size_t watchers_ = 0;
  bool draining_ = false;
  /** It is read as it comes until then; 0: with the ticks. */
  Nanos crowdedUntil_ = 0;
  Counts& counts_;
};

}  // namespace interconnect
