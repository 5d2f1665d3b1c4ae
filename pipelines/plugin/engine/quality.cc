#include "engine/quality.h"

#include <algorithm>
#include <cmath>

#include "engine/leg.h"

namespace interconnect {
namespace {

/** What was added between two looks; a count that began anew in between counts from its beginning. */
template <class Number>
Number since(Number now, Number before) {
  return now >= before ? now - before : now;
}

DelaySum since(const DelaySum& now, const DelaySum& before) {
  if (now.count < before.count) return now;
  return {now.sum - before.sum, now.count - before.count};
}

/** What is still open at the first look may be told otherwise at the second: never less than nothing. */
uint64_t grown(uint64_t now, uint64_t before) { return now > before ? now - before : 0; }

LossPattern::Totals since(const LossPattern::Totals& now, const LossPattern::Totals& before) {
  return {grown(now.usable, before.usable), grown(now.lost, before.lost), grown(now.runs, before.runs),
          grown(now.bursts, before.bursts), grown(now.burstPackets, before.burstPackets),
          grown(now.gapPackets, before.gapPackets)};
}

AudioCounters since(const AudioCounters& now, const AudioCounters& before) {
  const auto& a = now.totals;
  const auto& b = before.totals;
  return {{since(a.energy, b.energy), since(a.samples, b.samples), since(a.clipped, b.clipped), since(a.silent, b.silent)}, now.peak};
}

QualityCounters since(const QualityCounters& now, const QualityCounters& before) {
  QualityCounters d;
  d.at = now.at - before.at;
  const auto& [r, s, q, p] = std::tie(now.received, now.sent, before.received, before.sent);
  d.received = {since(r.packets, q.packets), grown(r.expected, q.expected), grown(r.lost, q.lost), since(r.late, q.late),
                since(r.dropped, q.dropped), since(r.pattern, q.pattern), since(r.jitter, q.jitter), since(r.holds, q.holds),
                since(r.delays, q.delays), since(r.concealedMs, q.concealedMs), since(r.audio, q.audio)};
  d.sent = {since(s.packets, p.packets), since(s.errors, p.errors), since(s.expected, p.expected), since(s.lost, p.lost),
            since(s.reports, p.reports), since(s.audio, p.audio)};
  d.roundTrips = since(now.roundTrips, before.roundTrips);
  return d;
}

std::optional<double> ratio(uint64_t part, uint64_t whole) {
  if (whole == 0) return std::nullopt;
  return std::min(1.0, static_cast<double>(part) / static_cast<double>(whole));
}

std::optional<double> meanMs(const DelaySum& delays) {
  if (delays.count == 0) return std::nullopt;
  return static_cast<double>(delays.sum) / static_cast<double>(delays.count) / kMillisecond;
}

double dbov(double ratioToFullScale) { return std::max(-127.0, 20 * std::log10(std::max(ratioToFullScale, 1e-9))); }

void writeRatio(JsonWriter& json, std::string_view name, std::optional<double> value) {
  // The writer keeps three digits: a loss of one in 3000 must not become none.
  json.key(name).precise(value);
}

void writeAudio(JsonWriter& json, const AudioCounters& audio) {
  const auto& [energy, samples, clipped, silent] = audio.totals;
  const bool measured = samples > 0;
  json.field("levelDbov", measured ? std::optional(dbov(std::sqrt(energy / static_cast<double>(samples)) / 32768)) : std::nullopt);
  json.field("peakDbov", measured ? std::optional(dbov(audio.peak / 32768.0)) : std::nullopt);
  writeRatio(json, "clippedRatio", ratio(clipped, samples));
  writeRatio(json, "silentRatio", ratio(silent, samples));
}

void writeCodec(JsonWriter& json, const CodecSpec* codec) {
  json.key("codec");
  if (codec != nullptr) json.value(codec->name);
  else json.null();
}

/** A burst that began in an earlier interval has packets here and no beginning. */
std::optional<double> meanLength(uint64_t packets, uint64_t count, std::optional<Nanos> packetTime) {
  if (packets == 0 || !packetTime) return std::nullopt;
  const double mean = static_cast<double>(packets) / static_cast<double>(std::max<uint64_t>(1, count));
  return mean * static_cast<double>(*packetTime) / kMillisecond;
}

void writeReceived(JsonWriter& json, const QualityCounters::Received& r, const LegReceiver& receiver) {
  const auto packetTime = receiver.statistics().packetTime();
  json.key("received").open('{');
  writeCodec(json, receiver.lastCodec());
  json.field("packetMs", packetTime ? std::optional(static_cast<double>(*packetTime) / kMillisecond) : std::nullopt);
  json.field("packets", r.packets).field("expected", r.expected).field("lost", r.lost);
  writeRatio(json, "lossRatio", ratio(r.lost, r.expected));
  json.field("late", r.late).field("dropped", r.dropped);
  writeRatio(json, "unplayedRatio", ratio(r.pattern.lost, r.pattern.lost + r.pattern.usable));
  json.field("burstRatio", burstRatio(r.pattern));
  json.field("burstMs", meanLength(r.pattern.burstPackets, r.pattern.bursts, packetTime));
  json.field("gapMs", meanLength(r.pattern.gapPackets, r.pattern.bursts + 1, packetTime));
  json.field("jitterMs", meanMs(r.jitter)).field("bufferMs", meanMs(r.holds)).field("delayAddedMs", meanMs(r.delays));
  json.field("concealedMs", r.concealedMs);
  writeAudio(json, r.audio);
  json.close('}');
}

void writeSent(JsonWriter& json, const QualityCounters::Sent& s, const Leg& leg) {
  const auto& codec = leg.sender().codec();
  json.key("sent").open('{');
  writeCodec(json, codec && s.packets > 0 ? &*codec : nullptr);
  json.field("packets", s.packets).field("errors", s.errors).field("reports", s.reports);
  writeRatio(json, "lossRatio", ratio(s.lost, s.expected));
  json.field("jitterMs", s.reports > 0 ? leg.rtcp().remoteJitterMs() : std::nullopt);
  writeAudio(json, s.audio);
  json.close('}');
}

void write(JsonWriter& json, const QualityCounters& counters, const Leg& leg) {
  json.open('{').field("ms", static_cast<double>(counters.at) / kMillisecond);
  writeReceived(json, counters.received, leg.receiver());
  writeSent(json, counters.sent, leg);
  // A report comes every few seconds: an interval without one has the last that was measured.
  const auto roundTrip = meanMs(counters.roundTrips);
  json.field("roundTripMs", roundTrip ? roundTrip : leg.rtcp().roundTripMs());
  json.close('}');
}

}  // namespace

QualityCounters Quality::take(Leg& leg, Nanos now) {
  const LegReceiver& receiver = leg.receiver();
  const ReceiveStatistics& statistics = receiver.statistics();
  const LegSender& sender = leg.sender();
  const FarEndReports& farEnd = leg.rtcp().farEnd();
  const auto [receivedPeak, sentPeak] = leg.takePeaks();
  receivedPeak_ = std::max(receivedPeak_, receivedPeak);
  sentPeak_ = std::max(sentPeak_, sentPeak);
  QualityCounters c;
  c.at = now;
  c.received = {statistics.packets(), statistics.expected(), statistics.lost(), receiver.late(), receiver.dropped(),
                receiver.lossPattern().totals(), {statistics.jitterSum(), statistics.jitterCount()}, receiver.holds(),
                {receiver.delays().sum(), receiver.delays().count()}, receiver.concealedMs(),
                {receiver.level().totals(), receivedPeak}};
  c.sent = {sender.packets(), sender.errors(), farEnd.expected(), farEnd.lost(), farEnd.reports(),
            {sender.level().totals(), sentPeak}};
  c.roundTrips = farEnd.roundTrips;
  return c;
}

void Quality::writeInterval(JsonWriter& json, Leg& leg, Nanos now) {
  QualityCounters counters = take(leg, now);
  json.open('{').field("leg", leg.id()).key("interval");
  write(json, since(counters, last_), leg);
  last_ = counters;
  counters.at = now - openedAt_;
  counters.received.audio.peak = receivedPeak_;
  counters.sent.audio.peak = sentPeak_;
  json.key("call");
  write(json, counters, leg);
  json.close('}');
}

void Quality::writeCall(JsonWriter& json, Leg& leg, Nanos now) {
  QualityCounters counters = take(leg, now);
  counters.at = now - openedAt_;
  counters.received.audio.peak = receivedPeak_;
  counters.sent.audio.peak = sentPeak_;
  write(json, counters, leg);
}

}  // namespace interconnect
