#include "rtp/packet-store.h"

#include <algorithm>
#include <cstring>

namespace interconnect {
namespace {

constexpr size_t kFirstBlocks = 8;
constexpr size_t kBlockGranule = 32;

}  // namespace

void PacketStore::insert(const RtpPacket& packet, int64_t sequence, int64_t timestamp, Nanos arrival) {
  if (packet.payload.size > blockBytes_) {
    const size_t wanted = (packet.payload.size + kBlockGranule - 1) / kBlockGranule * kBlockGranule;
    growBlocks(wanted, std::max(blocks_, kFirstBlocks));
  }
  if (freeCount_ == 0) growBlocks(blockBytes_, std::min(std::max(blocks_ * 2, kFirstBlocks), kSlots));

  Entry& entry = entries_[slot(sequence)];
  entry.sequence = sequence;
  entry.timestamp = timestamp;
  entry.arrival = arrival;
  entry.ssrc = packet.ssrc;
  entry.size = static_cast<uint16_t>(packet.payload.size);
  entry.payloadType = packet.payloadType;
  entry.marker = packet.marker;
  entry.block = free_[--freeCount_];
  entry.used = true;
  if (entry.size > 0) std::memcpy(storage_.data() + entry.block * blockBytes_, packet.payload.data, entry.size);

  first_ = count_ == 0 ? sequence : std::min(first_, sequence);
  last_ = count_ == 0 ? sequence : std::max(last_, sequence);
  ++count_;
}

void PacketStore::remove(int64_t sequence) {
  Entry& entry = entries_[slot(sequence)];
  if (!entry.used || entry.sequence != sequence) return;
  entry.used = false;
  free_[freeCount_++] = entry.block;
  if (--count_ == 0) return;
  while (find(first_) == nullptr) ++first_;
  while (find(last_) == nullptr) --last_;
}

void PacketStore::clear() {
  while (count_ > 0) remove(first_);
  for (Entry& entry : entries_) entry = Entry{};
}

const PacketStore::Entry* PacketStore::find(int64_t sequence) const {
  const Entry& entry = entries_[slot(sequence)];
  return entry.used && entry.sequence == sequence ? &entry : nullptr;
}

RtpPacket PacketStore::packet(const Entry& entry) const {
  RtpPacket packet;
  packet.marker = entry.marker;
  packet.payloadType = entry.payloadType;
  packet.sequence = static_cast<uint16_t>(entry.sequence);
  packet.timestamp = static_cast<uint32_t>(entry.timestamp);
  packet.ssrc = entry.ssrc;
  packet.payload = {storage_.data() + entry.block * blockBytes_, entry.size};
  return packet;
}

size_t PacketStore::bytes() const { return sizeof(*this) + storage_.capacity(); }

void PacketStore::growBlocks(size_t blockBytes, size_t blocks) {
  std::vector<uint8_t> grown(blockBytes * blocks);
  for (const Entry& entry : entries_) {
    if (!entry.used || entry.size == 0) continue;
    std::memcpy(grown.data() + entry.block * blockBytes, storage_.data() + entry.block * blockBytes_, entry.size);
  }
  for (size_t block = blocks_; block < blocks; ++block) free_[freeCount_++] = static_cast<uint8_t>(block);
  storage_ = std::move(grown);
  blockBytes_ = blockBytes;
  blocks_ = blocks;
}

}  // namespace interconnect
