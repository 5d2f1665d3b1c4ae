#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "rtp/packet.h"

namespace interconnect {

/** The newest packets of one stream, for whoever asks for one again. One copy, however many are sent it. */
class PacketHistory {
 public:
  /** A second and a half of 2.5 Mbit/s. */
  static constexpr size_t kPackets = 512;

  void put(int64_t number, const RtpPacket& packet);
  void clear();
  /** Whether that packet is there, or a newer one has taken its place. */
  bool holds(int64_t number) const;
  /** As it was put; nullptr when it is not there (any more). Valid until the next put(). */
  const RtpPacket* find(int64_t number) const;

 private:
  struct Kept {
    int64_t number;
    RtpPacket packet;
    std::vector<uint8_t> payload;
  };
  // Grows with what comes: a stream of a few kilobits costs little.
  std::array<std::unique_ptr<Kept>, kPackets> kept_;
};

}  // namespace interconnect
