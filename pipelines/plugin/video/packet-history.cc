#include "video/packet-history.h"

namespace interconnect {
namespace {

constexpr int64_t kEmpty = INT64_MIN;

}  // namespace

void PacketHistory::put(int64_t number, const RtpPacket& packet) {
  auto& kept = kept_[static_cast<uint64_t>(number) % kPackets];
  if (!kept) kept = std::make_unique<Kept>();
  kept->number = number;
  kept->packet = packet;
  kept->payload.assign(packet.payload.data, packet.payload.data + packet.payload.size);
  kept->packet.payload = {kept->payload.data(), kept->payload.size()};
}

void PacketHistory::clear() {
  for (auto& kept : kept_) {
    // Its room is used again.
    if (kept) kept->number = kEmpty;
  }
}

bool PacketHistory::holds(int64_t number) const {
  const auto& kept = kept_[static_cast<uint64_t>(number) % kPackets];
  return kept && kept->number >= number;
}

const RtpPacket* PacketHistory::find(int64_t number) const {
  const auto& kept = kept_[static_cast<uint64_t>(number) % kPackets];
  return kept && kept->number == number ? &kept->packet : nullptr;
}

}  // namespace interconnect
