#pragma once
#include <array>
#include <memory>

#include "clock/nanos.h"
#include "ice/deframer.h"
#include "ice/ice-path.h"
#include "net/network.h"
#include "net/stream.h"

namespace interconnect {

class IceConnection;

/** Whose connections they are. */
class IceConnectionOwner {
 public:
  /** One packet of it; false: no more of them. */
  virtual bool take(IceConnection& connection, Span packet) = 0;
  /** Something waits there. */
  virtual void readable(IceConnection& connection) = 0;

 protected:
  ~IceConnectionOwner() = default;
};

/**
 * One TCP connection as a way of datagrams: packets are framed (RFC 4571), and one that cannot be sent at once is not sent, as
 * on a network that is too slow. Half a packet is never left out.
 *
 *     opened ──check that proves something──▶ proven ──▶ over: closed by either side, broken, or silent for too long
 *        └──────anything else, or 5 s─────────────────────▲
 */
class IceConnection final : private ReadableListener {
 public:
  IceConnection(IceConnectionOwner& owner, std::unique_ptr<Stream> stream, const IcePath& path, Nanos now)
      : path_(path), openedAt_(now), owner_(owner), stream_(std::move(stream)) {}
  ~IceConnection();
  IceConnection(const IceConnection&) = delete;
  IceConnection& operator=(const IceConnection&) = delete;

  const IcePath& path() const { return path_; }
  Nanos openedAt() const { return openedAt_; }
  bool proven() const { return checkedAt_ != 0; }
  Nanos checkedAt() const { return checkedAt_; }
  void checked(Nanos now) { checkedAt_ = now; }
  /** Nothing comes of it any more. */
  bool over() const { return stream_ == nullptr; }

  /** Reads once what waits, as much as `room` takes; nobody is told of more while its share of this time is used up. */
  void read(uint8_t* room, size_t size);
  Sent send(Span packet);
  /** Reading begins, or goes on after a rest; the rest of a packet that was sent in part goes out. */
  void goOn();
  void end() { stream_.reset(); }

 private:
  /** What is read until the next goOn(), every 20 ms: 25 Mbit/s. */
  static constexpr size_t kShareBytes = 64 * 1024;
  static constexpr size_t kMaxUnsent = Deframer::kLengthBytes + 2046;

  void readable() override { owner_.readable(*this); }
  bool flush();

  const IcePath path_;
  const Nanos openedAt_;
  IceConnectionOwner& owner_;
  std::unique_ptr<Stream> stream_;
  Deframer deframer_;
  Nanos checkedAt_ = 0;
  size_t shareLeft_ = 0;
  bool watched_ = false;
  /** Of one packet at most, whose beginning is sent. */
  std::array<uint8_t, kMaxUnsent> unsent_;
  size_t unsentFrom_ = 0;
  size_t unsentTo_ = 0;
};

}  // namespace interconnect
