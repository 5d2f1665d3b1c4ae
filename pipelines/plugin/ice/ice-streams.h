#pragma once
#include <array>
#include <map>
#include <memory>
#include <vector>

#include "clock/clock.h"
#include "ice/ice-connection.h"
#include "ice/ice-path.h"
#include "net/stream.h"

namespace interconnect {

/** What has come to the TCP side of a port since the start, and how many are connected. */
struct IceStreamCounts {
  size_t open = 0;
  /** Closed by us: too many, or nothing that proves anything came in time. */
  uint64_t refused = 0;
};

/** Takes the packets of connections. */
class IceStreamListener {
 public:
  /** Whether it was a check that proves something, and was answered. */
  virtual bool take(const Datagram& datagram, const IcePath& path) = 0;
  /** What was taken may be told of. */
  virtual void taken() = 0;
  virtual void lost(const IcePath& path) = 0;

 protected:
  ~IceStreamListener() = default;
};

/**
 * The TCP side of a port, for far ends whose network lets no UDP out (RFC 6544, passive): its connections, within bounds.
 * They are read as they come, for there is no other time stamp than that.
 */
class IceStreams final : private IceConnectionOwner {
 public:
  /** From the connection to the first check that proves something. */
  static constexpr Nanos kProofLimit = 5 * kSecond;
  /** After the last one. RFC 7675 ends consent then; Chromium checks a pair in reserve every 25 s. */
  static constexpr Nanos kIdleLimit = 30 * kSecond;
  static constexpr size_t kMaxConnections = 2048;
  /** Of an IPv4 address, a /64 of IPv6: an office behind one address. Chromium makes one or more for each of its streams. */
  static constexpr size_t kMaxOfNetwork = 1024;
  /** Of those that have proven nothing: who has waited for longest makes room. */
  static constexpr size_t kMaxWaiting = 256;
  static constexpr size_t kMaxWaitingOfNetwork = 64;

  /** @param ports of paths whose socket is `firstSocket` and those behind it */
  IceStreams(const Clock& clock, std::vector<std::unique_ptr<StreamPort>> ports, size_t firstSocket, IceStreamListener& listener,
             IceStreamCounts& counts);
  ~IceStreams();
  IceStreams(const IceStreams&) = delete;
  IceStreams& operator=(const IceStreams&) = delete;

  Sent send(const IcePath& path, Span packet);
  /** Its leg has gone, or has given it up. */
  void close(const IcePath& path);
  /** Often, as no packet waits for it: ends what is over or took too long, and goes on with what rested. */
  void tick(Nanos now);

 private:
  static constexpr Nanos kTurn = 20 * kMillisecond;
  /** Of one turn: 800 a second. */
  static constexpr size_t kMaxAccepted = 16;
  /** A machine without descriptors does not have them again at once. */
  static constexpr Nanos kOutOfDescriptors = kSecond;

  /** One of the ports, which rests after so many. */
  struct Door final : ReadableListener {
    Door(IceStreams& owner, std::unique_ptr<StreamPort> opened, size_t index) : streams(owner), port(std::move(opened)), socket(index) {}
    void readable() override { streams.accept(*this); }
    IceStreams& streams;
    std::unique_ptr<StreamPort> port;
    size_t socket;
    Nanos closedUntil = 0;
  };

  void accept(Door& door);
  void admit(std::unique_ptr<Stream> stream, size_t socket);
  void refuse(IceConnection& connection);
  bool take(IceConnection& connection, Span packet) override;
  void readable(IceConnection& connection) override;
  bool tooLate(const IceConnection& connection, Nanos now) const;

  const Clock& clock_;
  std::vector<std::unique_ptr<Door>> doors_;
  IceStreamListener& listener_;
  IceStreamCounts& counts_;
  std::map<IcePath, std::unique_ptr<IceConnection>> connections_;
  Nanos nextTurn_ = 0;
  std::array<uint8_t, 16 * 1024> room_;
};

}  // namespace interconnect
