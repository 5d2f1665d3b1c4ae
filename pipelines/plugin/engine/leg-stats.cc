#include "engine/leg-stats.h"

namespace interconnect {
namespace {

double ms(Nanos time) { return static_cast<double>(time) / kMillisecond; }

std::optional<double> ms(std::optional<Nanos> time) {
  if (!time) return std::nullopt;
  return ms(*time);
}

void writeReceived(JsonWriter& json, const Leg& leg, Nanos now) {
  const LegReceiver& receiver = leg.receiver();
  const ReceiveStatistics& statistics = receiver.statistics();
  json.key("received").open('{');
  json.field("packets", statistics.packets()).field("bytes", statistics.bytes());
  json.field("expected", statistics.expected()).field("lost", statistics.lost());
  json.field("duplicates", statistics.duplicates()).field("reordered", statistics.reordered());
  json.field("late", receiver.late()).field("discarded", leg.discarded());
  if (const auto unauthenticated = leg.unauthenticated()) json.field("unauthenticated", *unauthenticated);
  json.field("jitterMs", ms(statistics.jitter())).field("ssrc", statistics.ssrc());
  json.key("from");
  if (leg.from()) writeEndpoint(json, *leg.from());
  else json.null();
  const auto last = statistics.lastArrival();
  json.field("sinceLastMs", last ? ms(std::optional(now - *last)) : std::nullopt);
  json.field("concealedMs", receiver.concealedMs());
  json.field("levelDbov", receiver.level().levelDbov()).field("frequencyHz", receiver.level().frequencyHz());
  if (const VoiceProcessing* processing = receiver.processing()) {
    json.key("processed").open('{').field("levelDbov", processing->level().levelDbov()).field("problem", processing->failure()).close('}');
  }
  json.close('}');
}

void writeSent(JsonWriter& json, const LegSender& sender) {
  json.key("sent").open('{');
  json.field("packets", sender.packets()).field("bytes", sender.bytes()).field("errors", sender.errors());
  if (const auto notRelayed = sender.notRelayed()) json.field("notRelayed", *notRelayed);
  if (sender.forwarded() > 0) json.field("forwarded", sender.forwarded());
  json.field("ssrc", sender.ssrc());
  json.field("levelDbov", sender.packets() > 0 ? sender.level().levelDbov() : std::nullopt);
  json.close('}');
}

void writeRtcpPart(JsonWriter& json, const LegRtcp& rtcp) {
  json.key("rtcp").open('{');
  json.field("received", rtcp.receivedCount()).field("sent", rtcp.sentCount());
  json.field("roundTripMs", rtcp.roundTripMs()).field("remoteLossRatio", rtcp.remoteLossRatio());
  json.field("remoteJitterMs", rtcp.remoteJitterMs());
  json.close('}');
}

void writeDtls(JsonWriter& json, const LegDtls& dtls) {
  using State = DtlsAssociation::State;
  json.key("dtls").open('{').key("state");
  switch (dtls.state()) {
    case State::Waiting:
    case State::Handshaking: json.value("handshaking"); break;
    case State::Secured: json.value("secured"); break;
    case State::Closed: json.value("closed"); break;
    case State::Failed: json.value("failed"); break;
  }
  json.field("handshakeMs", ms(dtls.took())).close('}');
}

void writeVideo(JsonWriter& json, const LegVideo& video) {
  json.key("video").open('{').key("received");
  if (const VideoLayers* layers = video.receiver()) {
    const auto sum = [&](auto of) {
      uint64_t all = 0;
      for (size_t i = 0; i < layers->count(); i++) all += of(layers->layer(i));
      return all;
    };
    using Layer = const VideoReceiver&;
    json.open('{').field("packets", sum([](Layer l) { return l.statistics().packets(); }));
    json.field("bytes", sum([](Layer l) { return l.statistics().bytes(); })).field("lost", sum([](Layer l) { return l.statistics().lost(); }));
    json.field("repaired", sum([](Layer l) { return l.repaired(); })).field("repeatsAsked", sum([](Layer l) { return l.repeatsAsked(); }));
    json.field("keyFramesAsked", sum([](Layer l) { return l.keyFramesAsked(); })).close('}');
  } else {
    json.null();
  }
  json.key("sent");
  if (const VideoSender* sender = video.sender()) json.open('{').field("packets", sender->packets()).field("repeats", sender->repeats()).close('}');
  else json.null();
  json.close('}');
}

void writeDelays(JsonWriter& json, const DelayHistogram& delays) {
  json.key("delayAddedMs");
  if (delays.count() == 0) {
    json.null();
    return;
  }
  json.open('{');
  json.field("p50", ms(delays.percentile(0.5))).field("p95", ms(delays.percentile(0.95)));
  json.field("p99", ms(delays.percentile(0.99))).field("max", ms(delays.max()));
  json.close('}');
}

void writeAll(JsonWriter& json, const Leg& leg, Nanos now) {
  const LegReceiver& receiver = leg.receiver();
  json.field("leg", leg.id()).field("openMs", ms(now - leg.openedAt()));
  writeReceived(json, leg, now);
  writeSent(json, leg.sender());
  writeRtcpPart(json, leg.rtcp());
  json.key("buffer").open('{');
  json.field("targetMs", ms(receiver.bufferTarget())).field("delayMs", ms(receiver.bufferDelay())).close('}');
  writeDelays(json, receiver.delays());
  if (leg.dtls() != nullptr) writeDtls(json, *leg.dtls());
  if (leg.video() != nullptr) writeVideo(json, *leg.video());
  json.key("digits").open('{');
  json.field("received", receiver.digits()).field("sent", leg.sender().digits()).close('}');
}

}  // namespace

void writeEndpoint(JsonWriter& json, const Address& address) {
  json.open('{').field("host", address.host()).field("port", static_cast<uint32_t>(address.port())).close('}');
}

void writeLegStats(JsonWriter& json, const Leg& leg, Nanos now) {
  json.open('{');
  writeAll(json, leg, now);
  json.close('}');
}

void writeLastStats(JsonWriter& json, Leg& leg, Nanos now) {
  json.open('{');
  writeAll(json, leg, now);
  json.key("quality");
  leg.quality().writeCall(json, leg, now);
  json.close('}');
}

}  // namespace interconnect
