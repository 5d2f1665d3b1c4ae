#include "ice/packet-pool.h"

#include <algorithm>

namespace interconnect {

std::unique_ptr<Packet> PacketPool::copy(Span bytes, Nanos arrival) {
  if (bytes.size > Packet::kMaxBytes) return nullptr;
  std::unique_ptr<Packet> packet;
  if (!free_.empty()) {
    packet = std::move(free_.back());
    free_.pop_back();
  } else if (made_ < kMaxPackets) {
    packet = std::make_unique<Packet>();
    made_++;
  } else {
    return nullptr;
  }
  std::copy_n(bytes.data, bytes.size, packet->bytes.begin());
  packet->size = bytes.size;
  packet->arrival = arrival;
  return packet;
}

}  // namespace interconnect
