#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "net/address.h"
#include "rtp/span.h"

namespace interconnect {

class ReadableListener;

/** A TCP connection that somebody has made to us. Closed when it is destroyed. */
class Stream {
 public:
  virtual ~Stream() = default;
  virtual const Address& remote() const = 0;
  /** Takes what waits, without blocking: how many bytes were written to `room`, 0 when none wait; nothing when it is over. */
  virtual std::optional<size_t> receive(uint8_t* room, size_t size) = 0;
  /** How many bytes of `head`, and of `body` behind it, the kernel has taken, without blocking; nothing when it is over. */
  virtual std::optional<size_t> send(Span head, Span body) = 0;
  /** As Socket::watch; its end is told of, too. */
  virtual bool watch(ReadableListener* listener) = 0;
};

/** A TCP port that others connect to. Closed when it is destroyed; its connections go on. */
class StreamPort {
 public:
  virtual ~StreamPort() = default;
  /** Who has waited for longest, nullptr when nobody waits; nothing when the machine has no descriptor left for him. */
  virtual std::optional<std::unique_ptr<Stream>> accept() = 0;
  /** As Socket::watch: somebody waits. */
  virtual bool watch(ReadableListener* listener) = 0;
};

}  // namespace interconnect
