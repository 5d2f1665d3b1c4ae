#include <algorithm>

#include "fuzz/invariant.h"
#include "rtp/jitter-buffer.h"

using namespace interconnect;

namespace {

constexpr size_t kStep = 8;
constexpr Nanos kTick = 20 * kMillisecond;
constexpr size_t kMaxTakes = 200;
constexpr Nanos kPeriod = 7 * kMillisecond;
constexpr Nanos kMaxWanted = 2 * kSecond;
// Slots, blocks of the largest payload, and the rest.
constexpr size_t kMaxBytes = PacketStore::kSlots * (1504 + 48) + 2048;

uint8_t payload[1600];

/** What a leg does at every tick. */
void tick(JitterBuffer& buffer, Nanos now, uint64_t& taken) {
  Nanos pcm = 0;
  size_t takes = 0;
  while (pcm < kTick) {
    INVARIANT(++takes < kMaxTakes);
    const Taken piece = buffer.take(now, pcm);
    INVARIANT(piece.duration > 0);
    INVARIANT(piece.trim >= 0 && piece.trim <= piece.duration);
    if (piece.what == Take::Packet) {
      ++taken;
      INVARIANT(piece.packet.payload.size <= PacketStore::kMaxPayloadBytes);
      for (size_t i = 0; i < piece.packet.payload.size; ++i) INVARIANT(piece.packet.payload.data[i] == payload[i]);
    }
    pcm += piece.duration - piece.trim;
    INVARIANT(buffer.wanted() >= -kMaxWanted && buffer.wanted() <= kMaxWanted);
    // A scaler that does some of what is wanted, now and then.
    if (piece.what != Take::Packet || taken % 3 == 0) continue;
    const Nanos by = buffer.wanted() > 0 ? kPeriod : std::max(buffer.wanted(), -std::min(kPeriod, pcm));
    buffer.scaled(by);
    pcm += by;
  }
}

}  // namespace

/** First byte: clock. Then eight bytes a step: what (packet, ticks, reset), and the packet against the one before. */
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  for (size_t i = 0; i < sizeof payload; ++i) payload[i] = static_cast<uint8_t>(i * 7);
  constexpr uint32_t kClocks[] = {8000, 16000, 48000, 44100, 90000};
  JitterBuffer buffer(kClocks[data[0] % 5]);
  RtpPacket packet;
  Nanos now = kSecond;
  uint64_t put = 0;
  uint64_t taken = 0;
  for (size_t at = 1; at + kStep <= size; at += kStep) {
    const uint8_t* step = data + at;
    const unsigned kind = step[0] % 16;
    if (kind == 15) {
      buffer.reset();
    } else if (kind >= 8) {
      for (int i = step[1] % 16; i >= 0; --i) tick(buffer, now += kTick, taken);
    } else {
      packet.marker = step[1] == 0x80;
      if (step[1] == 0x81) ++packet.ssrc;
      const int jump = kind == 0 ? static_cast<int8_t>(step[2]) * 256 + step[3] : static_cast<int8_t>(step[2]) % 8;
      packet.sequence = static_cast<uint16_t>(packet.sequence + jump);
      const auto wide = (uint32_t{step[4]} << 24) | (uint32_t{step[5]} << 16);
      packet.timestamp += kind == 1 ? wide : static_cast<uint32_t>(static_cast<int8_t>(step[4]) * 80);
      const auto length = static_cast<size_t>((step[6] << 3) | (step[7] & 7)) % sizeof payload;
      packet.payload = {payload, length};
      buffer.put(packet, now - static_cast<int8_t>(step[7]) * kMillisecond);
      ++put;
    }
    INVARIANT(buffer.held() <= PacketStore::kSlots);
    INVARIANT(buffer.bytes() <= kMaxBytes);
  }
  for (int i = 0; i < 40; ++i) tick(buffer, now += kTick, taken);
  const JitterBufferCounts& counts = buffer.counts();
  INVARIANT(counts.played == taken);
  INVARIANT(counts.played + counts.late + counts.duplicates + counts.dropped + counts.refused + buffer.held() == put);
  // Nothing that is believed waits for ever.
  for (int i = 0; i < 100; ++i) tick(buffer, now += kTick, taken);
  INVARIANT(buffer.held() == 0);
  return 0;
}
