#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "clock/nanos.h"
#include "rtp/packet.h"

namespace interconnect {

/**
 * Packets that wait for their turn, by sequence number. Holds a window of kSlots numbers; payloads lie in blocks that
 * are reused and grow to what the stream needs, so that a quiet G.711 leg takes 4 KB and no leg more than
 * kSlots × kMaxPayloadBytes.
 */
class PacketStore {
 public:
  static constexpr size_t kSlots = 64;
  static constexpr size_t kMaxPayloadBytes = 1500;

  struct Entry {
    int64_t sequence = INT64_MIN;
    int64_t timestamp = 0;
    Nanos arrival = 0;
    uint32_t ssrc = 0;
    uint16_t size = 0;
    uint8_t payloadType = 0;
    uint8_t block = 0;
    bool marker = false;
    bool used = false;
  };

  /** The caller has made sure that `sequence` lies in the window and that the payload is not too long. */
  void insert(const RtpPacket& packet, int64_t sequence, int64_t timestamp, Nanos arrival);

  /** Its bytes stay readable until the next insert. */
  void remove(int64_t sequence);
  /** Forgets everything, what it knows too. */
  void clear();

  const Entry* find(int64_t sequence) const;
  /** Whether it is held, or was the last to be held in its place. */
  bool knows(int64_t sequence) const { return entries_[slot(sequence)].sequence == sequence; }
  /** Lowest and highest number held; null when empty. */
  const Entry* first() const { return count_ == 0 ? nullptr : find(first_); }
  const Entry* last() const { return count_ == 0 ? nullptr : find(last_); }
  size_t count() const { return count_; }
  RtpPacket packet(const Entry& entry) const;

  /** Memory held, in bytes. */
  size_t bytes() const;

 private:
  static size_t slot(int64_t sequence) { return static_cast<size_t>(sequence) % kSlots; }
  void growBlocks(size_t blockBytes, size_t blocks);

  std::array<Entry, kSlots> entries_{};
  std::array<uint8_t, kSlots> free_{};
  std::vector<uint8_t> storage_;
  size_t blockBytes_ = 0;
  size_t blocks_ = 0;
  size_t freeCount_ = 0;
  size_t count_ = 0;
  int64_t first_ = 0;
  int64_t last_ = 0;
};

}  // namespace interconnect
