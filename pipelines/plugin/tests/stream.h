#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <random>
#include <vector>

#include "rtp/jitter-buffer.h"

/** A simulated sender, network and mixer around a jitter buffer. */
namespace stream {

using namespace interconnect;

constexpr Nanos kTick = 20 * kMillisecond;

struct Network {
  Nanos packetTime = 20 * kMillisecond;
  uint32_t clockRate = 8000;
  /** Sender's clock against ours; positive is faster. */
  double driftPpm = 0;
  /** Of the first packet; ticks begin at kTick. */
  Nanos phase = 0;
  /** Delay of a packet; nothing when it is lost. */
  std::function<std::optional<Nanos>(size_t index, std::mt19937& random)> delay = [](size_t, std::mt19937&) {
    return std::optional<Nanos>(0);
  };
};

struct Heard {
  std::vector<Nanos> delays;
  size_t packets = 0;
  Nanos missing = 0;
  Nanos empty = 0;
  Nanos trimmed = 0;
  Nanos played = 0;
  Nanos stretched = 0;
  Nanos shortened = 0;
  bool outOfOrder = false;
  std::optional<uint16_t> last;

  Nanos quantile(double share) const {
    if (delays.empty()) return -1;
    std::vector<Nanos> sorted = delays;
    const auto rank = static_cast<size_t>(share * static_cast<double>(sorted.size() - 1));
    std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(rank), sorted.end());
    return sorted[rank];
  }
};

inline double ms(Nanos time) { return static_cast<double>(time) / kMillisecond; }

/** What time-scaling does to a voice with a pitch of 125 Hz: a period at a time, at most one every 60 ms. */
struct Scaler {
  static constexpr Nanos kPeriod = 8 * kMillisecond;
  Nanos last = 0;

  Nanos scale(JitterBuffer& buffer, Nanos now, Heard& heard) {
    const Nanos wanted = buffer.wanted();
    if (now - last < 60 * kMillisecond || (wanted <= 0 && wanted > -kPeriod)) return 0;
    last = now;
    const Nanos by = wanted > 0 ? kPeriod : -kPeriod;
    buffer.scaled(by);
    (by > 0 ? heard.stretched : heard.shortened) += kPeriod;
    return by;
  }
};

/** One tick as a leg does it. */
inline void tick(JitterBuffer& buffer, Nanos now, Nanos packetTime, Nanos& pcm, Scaler& scaler, Heard& heard) {
  while (pcm < kTick) {
    const Nanos queued = pcm;
    const Taken taken = buffer.take(now, queued);
    // A decoder gives what is in the packet, whatever the buffer thinks.
    const Nanos decoded = taken.what == Take::Packet ? packetTime : taken.duration;
    pcm += decoded - taken.trim;
    if (taken.what == Take::Missing) heard.missing += taken.duration;
    if (taken.what == Take::Empty) heard.empty += taken.duration;
    if (taken.what != Take::Packet) continue;
    ++heard.packets;
    heard.trimmed += taken.trim;
    heard.played += decoded - taken.trim;
    heard.delays.push_back(now + queued - taken.arrival);
    pcm += scaler.scale(buffer, now, heard);
    if (heard.last && static_cast<int16_t>(taken.packet.sequence - *heard.last) <= 0) heard.outOfOrder = true;
    heard.last = taken.packet.sequence;
  }
  pcm -= kTick;
}

struct Stream {
  JitterBuffer buffer;
  Network network;
  std::mt19937 random;
  std::vector<uint8_t> payload;
  Nanos pcm = 0;
  Scaler scaler;
  Nanos now = 0;
  size_t sent = 0;
  uint16_t firstSequence = 65500;
  uint32_t firstTimestamp = 0xffffff00u;

  struct Flying {
    RtpPacket packet;
    Nanos arrival;
  };
  std::vector<Flying> flying;

  explicit Stream(Network n, uint32_t seed = 1) : buffer(n.clockRate), network(std::move(n)), random(seed), payload(160) {}

  /** Time between two packets by our clock. */
  double spacing() const { return static_cast<double>(network.packetTime) / (1 + network.driftPpm * 1e-6); }

  void sendUntil(Nanos time) {
    for (;;) {
      const Nanos sentAt = network.phase + static_cast<Nanos>(spacing() * static_cast<double>(sent));
      if (sentAt > time) break;
      const auto delay = network.delay(sent, random);
      if (delay) {
        RtpPacket packet;
        packet.sequence = static_cast<uint16_t>(firstSequence + sent);
        packet.timestamp = firstTimestamp + static_cast<uint32_t>(sent) *
                                                static_cast<uint32_t>(nanosToUnits(network.packetTime, network.clockRate));
        packet.ssrc = 7;
        packet.payload = {payload.data(), payload.size()};
        flying.push_back({packet, sentAt + *delay});
      }
      ++sent;
    }
    std::stable_sort(flying.begin(), flying.end(), [](const Flying& a, const Flying& b) { return a.arrival < b.arrival; });
    size_t arrived = 0;
    while (arrived < flying.size() && flying[arrived].arrival <= time) {
      buffer.put(flying[arrived].packet, flying[arrived].arrival);
      ++arrived;
    }
    flying.erase(flying.begin(), flying.begin() + static_cast<std::ptrdiff_t>(arrived));
  }

  Heard run(Nanos length) {
    Heard heard;
    for (const Nanos end = now + length; now < end;) {
      now += kTick;
      sendUntil(now);
      tick(buffer, now, network.packetTime, pcm, scaler, heard);
    }
    return heard;
  }
};

}  // namespace stream
