#pragma once
#include <array>
#include <memory>
#include <vector>

#include "clock/nanos.h"
#include "rtp/span.h"

namespace interconnect {

/** A datagram that waits for its leg. */
struct Packet {
  /** More than Ethernet carries. */
  static constexpr size_t kMaxBytes = 1504;
  std::array<uint8_t, kMaxBytes> bytes;
  size_t size = 0;
  Nanos arrival = 0;
};

/** Packets that are used again, so that one that comes allocates nothing. Bounded. */
class PacketPool {
 public:
  /** Some 6 MB. */
  static constexpr size_t kMaxPackets = 4096;

  /** nullptr when it is too large or too many wait. */
  std::unique_ptr<Packet> copy(Span bytes, Nanos arrival);
  void giveBack(std::unique_ptr<Packet> packet) { free_.push_back(std::move(packet)); }

 private:
  std::vector<std::unique_ptr<Packet>> free_;
  size_t made_ = 0;
};

}  // namespace interconnect
