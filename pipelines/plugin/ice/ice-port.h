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
#include "net/network.h"

namespace interconnect {

class IceSocket;

/**
 * A UDP port that many legs share, on one or several addresses: who names a leg's ufrag in a connectivity check and proves
 * its password is that leg's far end from then on. What comes from anybody else is dropped, unanswered.
 */
class IcePort final : private ReadableListener {
 public:
  /** Bound sockets, in the order of their addresses; never empty. */
  IcePort(const Clock& clock, std::vector<std::unique_ptr<Socket>> sockets, uint64_t& strangers);
  ~IcePort();
  IcePort(const IcePort&) = delete;
  IcePort& operator=(const IcePort&) = delete;

  /** False when another leg has this ufrag. */
  bool add(const std::string& ufrag, IceSocket& leg);
  void remove(const std::string& ufrag);
  /** Nobody is told any more, and nothing is known of its paths. */
  void forget(const IceSocket& leg);

  /** Takes what waits and puts it where it belongs; listeners of legs are told. Bounded: a flood waits. */
  void drain();
  Sent send(const IcePath& path, Span datagram) { return sockets_[path.socket]->send(path.remote, datagram); }
  /** One leg more, or one less, wants to be told at once. */
  void watch(bool wanted);

  PacketPool& packets() { return packets_; }

 private:
  /** Of a batch of datagrams each, and socket: what comes faster waits in the kernel. */
  static constexpr size_t kMaxBatches = 64;

  /** So many at once are no tick's worth: the kernel's buffer would not last until the next one. */
  static constexpr size_t kCrowd = 64;

  void readable() override { drain(); }
  size_t drain(size_t socket);
  void watchCrowd(size_t taken);
  void take(size_t socket, const Datagram& datagram);
  IceSocket* find(std::string_view username) const;
  void check(const IcePath& path, const Datagram& datagram);
  void tell();

  const Clock& clock_;
  const std::vector<std::unique_ptr<Socket>> sockets_;
  PacketPool packets_;
  std::unordered_map<std::string, IceSocket*> ufrags_;
  std::map<IcePath, IceSocket*> paths_;
  /** Who has something new to read, and is to be told. */
  std::vector<IceSocket*> woken_;
  size_t watchers_ = 0;
  bool draining_ = false;
  /** It is read as it comes until then; 0: with the ticks. */
  Nanos crowdedUntil_ = 0;
  uint64_t& strangers_;
};

}  // namespace interconnect
