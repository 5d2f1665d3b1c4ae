#include "engine/leg-rtcp.h"

namespace interconnect {
namespace {

/** RFC 3550 §6.2: the minimum interval. */
constexpr Nanos kInterval = 5 * kSecond;
/** The first one comes early, so that a short call has a round trip too. */
constexpr Nanos kFirst = kSecond;

std::string randomName(const RandomSource& random) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string name;
  for (uint64_t bits = random(); name.size() < 16; bits >>= 4) name += kHex[bits & 15];
  return name;
}

}  // namespace

LegRtcp::LegRtcp(const Clock& clock, const RandomSource& random)
    : clock_(clock), random_(random), cname_(randomName(random)), next_(clock.now() + spread(kFirst)) {}

/** RFC 3550 §6.2: half to one and a half of the interval, so that reports do not come in step. */
Nanos LegRtcp::spread(Nanos interval) const {
  return interval / 2 + static_cast<Nanos>(random_() % static_cast<uint64_t>(interval));
}

size_t LegRtcp::write(uint8_t* out, size_t capacity, const LegSender& sender, ReceiveStatistics& statistics, bool bye) {
  const Nanos now = clock_.now();
  next_ = now + spread(kInterval);
  RtcpMessage message;
  message.ssrc = sender.ssrc();
  message.cname = cname_;
  message.bye = bye;
  message.block = statistics.report(now);
  if (sender.packets() != reportedPackets_) {
    reportedPackets_ = sender.packets();
    message.sender = SenderInfo{ntpFromUnix(clock_.wall()), sender.timestamp(), static_cast<uint32_t>(sender.packets()),
                                static_cast<uint32_t>(sender.bytes())};
  }
  return writeRtcp(out, capacity, message);
}

std::optional<double> LegRtcp::received(const RtcpCompound& compound, Nanos arrival, const LegSender& sender, uint32_t ourClockRate,
                                        ReceiveStatistics& statistics) {
  received_++;
  if (compound.sender) {
    statistics.senderReport(compound.sender->ntp, arrival);
    farEnd_.hasSent(compound.sender->packets, statistics.packets());
  }
  const Nanos arrivalWall = clock_.wall() - (clock_.now() - arrival);
  const ReportBlock* about = nullptr;
  for (size_t i = 0; i < compound.blockCount; i++) {
    const ReportBlock& block = compound.blocks[i];
    if (block.ssrc != sender.ssrc()) continue;
    about = &block;
    remoteLossRatio_ = block.fractionLost / 256.0;
    remoteJitterMs_ = block.jitter * 1000.0 / ourClockRate;
    if (const auto time = roundTrip(ntpMiddle(ntpFromUnix(arrivalWall)), block)) {
      roundTripMs_ = static_cast<double>(*time) / kMillisecond;
      farEnd_.roundTrips.add(*time);
    }
  }
  farEnd_.reported(about, {sender.packets(), sender.sequence(), sender.packetMs()}, arrival, clock_.now());
  return about != nullptr ? remoteLossRatio_ : std::nullopt;
}

}  // namespace interconnect
