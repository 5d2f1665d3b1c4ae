#include "engine/parse-media.h"

#include <algorithm>

#include "engine/failure.h"
#include "engine/parse-video.h"

namespace interconnect {
namespace {

constexpr size_t kMaxHost = 64;
constexpr size_t kMaxCodecs = 12;
constexpr size_t kMaxTelephoneEvents = 4;
constexpr size_t kMaxFingerprints = 8;
constexpr size_t kMaxAssociation = 300;
constexpr size_t kMaxName = 32;
constexpr size_t kMaxHeardLegs = 64;
constexpr size_t kMaxDescription = 2048;
constexpr int64_t kMaxDropMs = 60'000;
constexpr int64_t kMaxKeepAliveMs = 300'000;
constexpr uint32_t kMaxRate = 192'000;
constexpr double kMinHz = 20;
constexpr double kMaxHz = 3900;
constexpr double kMinGainDb = -40;
constexpr double kMaxGainDb = 20;

Address parseAddress(Fields& fields, const char* hostKey, const char* portKey) {
  const std::string host = fields.string(hostKey, 1, kMaxHost);
  const auto port = static_cast<uint16_t>(fields.integer(portKey, 1, 65535));
  const auto address = Address::parse(host, port);
  if (!address) throw BadRequest(fields.name(hostKey) + " must be an IPv4 or IPv6 address");
  return *address;
}

Address parseEndpoint(Fields fields) {
  const Address address = parseAddress(fields, "host", "port");
  fields.refuseOthers();
  return address;
}

Remote parseRemoteOf(Fields fields) {
  const Address rtp = parseEndpoint(fields.object("rtp"));
  const Address rtcp = parseEndpoint(fields.object("rtcp"));
  const std::string policy = fields.string("policy", 1, 16);
  fields.refuseOthers();
  if (policy == "signalled") return {rtp, rtcp, RemotePolicy::Signalled};
  if (policy == "learn-once") return {rtp, rtcp, RemotePolicy::LearnOnce};
  if (policy == "follow") return {rtp, rtcp, RemotePolicy::Follow};
  throw BadRequest(fields.name("policy") + " must be signalled, learn-once or follow");
}

RemoteChange parseRemote(std::optional<Fields> fields) {
  if (!fields) return {};
  return {parseRemoteOf(std::move(*fields))};
}

uint8_t parsePayloadType(Fields& fields) { return static_cast<uint8_t>(fields.integer("payloadType", 0, 127)); }
uint32_t parseRate(Fields& fields, const char* key) { return static_cast<uint32_t>(fields.integer(key, 1, kMaxRate)); }

OpusParameters parseOpus(Fields& fields) {
  if (fields.string("codec", 1, kMaxName) != "opus") throw BadRequest(fields.name("codec") + " must be opus");
  OpusParameters opus{static_cast<int>(fields.integer("complexity", 0, 10)),
                      static_cast<int>(fields.integer("bitrate", 6000, 510'000))};
  if (fields.has("cbr")) opus.cbr = fields.boolean("cbr");
  if (fields.has("fec")) opus.fec = fields.boolean("fec");
  if (fields.has("dtx")) opus.dtx = fields.boolean("dtx");
  fields.refuseOthers();
  return opus;
}

ChainDescriptions parseChain(Fields& fields) {
  ChainDescriptions chain{fields.string("decode", 1, kMaxDescription), fields.string("decodeCaps", 1, kMaxDescription),
                          fields.string("encode", 1, kMaxDescription)};
  if (fields.has("silentBytes")) chain.silentBytes = static_cast<unsigned>(fields.integer("silentBytes", 1, 16));
  fields.refuseOthers();
  return chain;
}

CodecSpec parseCodec(Fields fields) {
  CodecSpec codec{fields.string("name", 1, kMaxName), parsePayloadType(fields), parseRate(fields, "clockRate"),
                  parseRate(fields, "sampleRate"), Pcmu{}};
  if (const auto table = fields.stringUnlessObject("implementation", kMaxName)) {
    if (*table == "pcma") codec.implementation = Pcma{};
    else if (*table == "g722") codec.implementation = G722{};
    else if (*table == "g729") codec.implementation = G729{};
    else if (*table == "comfort-noise") codec.implementation = ComfortNoiseOnly{};
    else if (*table == "relay") codec.implementation = RelayOnly{};
    else if (*table != "pcmu") {
      throw BadRequest(fields.name("implementation") + " must be pcmu, pcma, g722, g729, comfort-noise, relay or an object");
    }
  } else {
    Fields coding = fields.object("implementation");
    if (coding.has("codec")) codec.implementation = parseOpus(coding);
    else codec.implementation = parseChain(coding);
  }
  fields.refuseOthers();
  return codec;
}

std::vector<CodecSpec> parseCodecs(Fields& fields, const char* key) {
  std::vector<CodecSpec> codecs;
  for (Fields& item : fields.objects(key, kMaxCodecs)) codecs.push_back(parseCodec(std::move(item)));
  return codecs;
}

TelephoneEventSpec parseTelephoneEvent(Fields fields) {
  const TelephoneEventSpec spec{parsePayloadType(fields), parseRate(fields, "clockRate")};
  fields.refuseOthers();
  return spec;
}

std::vector<TelephoneEventSpec> parseTelephoneEvents(Fields& fields, const char* key) {
  std::vector<TelephoneEventSpec> events;
  if (auto one = fields.objectUnlessArray(key)) return {parseTelephoneEvent(std::move(*one))};
  for (Fields& item : fields.objects(key, kMaxTelephoneEvents)) events.push_back(parseTelephoneEvent(std::move(item)));
  return events;
}

InbandDigits parseInbandDigits(Fields fields) {
  const InbandDigits digits{fields.boolean("detect"), fields.boolean("remove")};
  fields.refuseOthers();
  return digits;
}

Direction parseDirection(Fields& fields, const char* key) {
  const std::string text = fields.string(key, 1, 16);
  for (const Direction d : {Direction::SendReceive, Direction::SendOnly, Direction::ReceiveOnly, Direction::Inactive}) {
    if (text == nameOf(d)) return d;
  }
  throw BadRequest(fields.name(key) + " must be sendrecv, sendonly, recvonly or inactive");
}

HearsSession parseHearsSession(Fields& fields) {
  HearsSession hears{fields.string("session", 1, kMaxSessionId), {}};
  const bool only = fields.has("only");
  if (only && fields.has("except")) throw BadRequest(fields.name("except") + " must not be given beside only");
  if (!only && !fields.has("except")) return hears;
  std::vector<std::string> legs = fields.strings(only ? "only" : "except", 0, kMaxHeardLegs, 1, kMaxLegId);
  std::sort(legs.begin(), legs.end());
  legs.erase(std::unique(legs.begin(), legs.end()), legs.end());
  hears.part = HeardLegs{only ? HeardLegs::Kind::Only : HeardLegs::Kind::Except, std::move(legs)};
  return hears;
}

Hears parseHears(Fields fields) {
  const std::string kind = fields.string("kind", 1, 16);
  std::optional<Hears> hears;
  if (kind == "silence") hears = HearsSilence{};
  else if (kind == "session") hears = parseHearsSession(fields);
  else if (kind == "echo") hears = HearsEcho{};
  else if (kind == "tone") hears = parseTone(fields);
  else if (kind == "leg") hears = HearsLeg{fields.string("leg", 1, kMaxLegId)};
  else throw BadRequest(fields.name("kind") + " must be silence, session, echo, tone or leg");
  fields.refuseOthers();
  return *hears;
}

SrtpMki parseMki(Fields fields) {
  const auto value = static_cast<uint32_t>(fields.integer("value", 0, UINT32_MAX));
  const auto size = static_cast<size_t>(fields.integer("bytes", 1, SrtpMki::kMaxBytes));
  fields.refuseOthers();
  return SrtpMki::of(value, size);
}

SrtpKey parseSrtpKey(Fields fields) {
  const auto suite = srtpSuiteOf(fields.string("suite", 1, 32));
  if (!suite) throw BadRequest(fields.name("suite") + " must be a suite of SDES that we have, such as AES_CM_128_HMAC_SHA1_80");
  const SrtpMki mki = fields.has("mki") ? parseMki(fields.object("mki")) : SrtpMki{};
  const auto key = SrtpKey::parse(*suite, fields.string("key", 38, 64), mki);
  // A sentence about a key says nothing of what it is.
  if (!key) throw BadRequest(fields.name("key") + " must be base64 of " + std::to_string(factsOf(*suite).masterBytes()) + " bytes");
  fields.refuseOthers();
  return *key;
}

DtlsTerms parseDtls(Fields fields) {
  DtlsTerms terms{DtlsRole::Client, {}, ""};
  const std::string role = fields.string("role", 1, 16);
  if (role == "server") terms.role = DtlsRole::Server;
  else if (role != "client") throw BadRequest(fields.name("role") + " must be client or server");
  for (Fields& item : fields.objects("fingerprints", kMaxFingerprints)) {
    const auto fingerprint = Fingerprint::parse(item.string("hash", 1, 16), item.string("value", 1, 200));
    if (!fingerprint) throw BadRequest(item.name("value") + " must be a fingerprint as in a=fingerprint, by sha-256, sha-384 or sha-512");
    item.refuseOthers();
    terms.fingerprints.push_back(*fingerprint);
  }
  if (terms.fingerprints.empty()) throw BadRequest(fields.name("fingerprints") + " must hold one at least");
  if (fields.has("association")) terms.association = fields.string("association", 1, kMaxAssociation);
  fields.refuseOthers();
  return terms;
}

SecurityChange parseSecurity(std::optional<Fields> fields) {
  if (!fields) return {};
  if (fields->has("dtls")) {
    SecurityChange change = parseDtls(fields->object("dtls"));
    fields->refuseOthers();
    return change;
  }
  SecurityChange change{SrtpKeys{parseSrtpKey(fields->object("send")), parseSrtpKey(fields->object("receive"))}};
  fields->refuseOthers();
  return change;
}

void parseGain(Fields fields, MediaChange& change) {
  if (fields.has("receiveDb")) change.receiveGainDb = fields.number("receiveDb", kMinGainDb, kMaxGainDb);
  if (fields.has("sendDb")) change.sendGainDb = fields.number("sendDb", kMinGainDb, kMaxGainDb);
  fields.refuseOthers();
}

ProcessingSpec parseProcessing(Fields fields) {
  const ProcessingSpec spec{fields.boolean("noiseSuppression"), fields.boolean("gainControl")};
  fields.refuseOthers();
  return spec;
}

unsigned parsePacketMs(Fields& fields, const char* key) {
  const int64_t ms = fields.integer(key, 10, 60);
  if (ms % 10 != 0 || ms == 50) throw BadRequest(fields.name(key) + " must be 10, 20, 30, 40 or 60");
  return static_cast<unsigned>(ms);
}

}  // namespace

HearsTone parseTone(Fields& fields) {
  HearsTone tone{fields.number("frequencyHz", kMinHz, kMaxHz), {}, fields.number("levelDbov", -90, 0), {}};
  if (fields.has("secondFrequencyHz")) tone.secondFrequencyHz = fields.number("secondFrequencyHz", kMinHz, kMaxHz);
  if (fields.has("cadenceMs")) {
    for (const int64_t ms : fields.integers("cadenceMs", 2, 8, 20, 60'000)) tone.cadenceMs.push_back(static_cast<unsigned>(ms));
    if (tone.cadenceMs.size() % 2 != 0) throw BadRequest(fields.name("cadenceMs") + " must be an even number of times: on, off, …");
  }
  return tone;
}

LocalPorts parseLocalPorts(Fields fields) {
  const LocalPorts ports{parseAddress(fields, "host", "rtpPort"), parseAddress(fields, "host", "rtcpPort")};
  fields.refuseOthers();
  if (ports.rtp == ports.rtcp) throw BadRequest(fields.name("rtcpPort") + " must differ from rtpPort");
  return ports;
}

FormerFarEnd parseFormer(Fields fields) {
  FormerFarEnd former{parseAddress(fields, "host", "port"), std::nullopt, 0};
  if (fields.has("ssrc")) former.ssrc = static_cast<uint32_t>(fields.integer("ssrc", 0, UINT32_MAX));
  former.drop = fields.integer("dropMs", 1, kMaxDropMs) * kMillisecond;
  fields.refuseOthers();
  return former;
}

MediaChange parseMediaChange(Fields& fields) {
  MediaChange change;
  if (fields.has("remote")) change.remote = parseRemote(fields.objectUnlessNull("remote"));
  if (fields.has("keepAliveMs")) change.keepAlive = fields.integer("keepAliveMs", 0, kMaxKeepAliveMs) * kMillisecond;
  if (fields.has("receive")) change.receive = parseCodecs(fields, "receive");
  if (fields.has("receiveTelephoneEvent")) change.receiveTelephoneEvents = parseTelephoneEvents(fields, "receiveTelephoneEvent");
  if (fields.has("inbandDigits")) change.inbandDigits = parseInbandDigits(fields.object("inbandDigits"));
  if (fields.has("send")) change.send = parseCodec(fields.object("send"));
  if (fields.has("sendTelephoneEvent")) {
    change.sendTelephoneEvent = parseTelephoneEvent(fields.object("sendTelephoneEvent"));
  }
  if (fields.has("packetMs")) change.packetMs = parsePacketMs(fields, "packetMs");
  if (fields.has("direction")) change.direction = parseDirection(fields, "direction");
  if (fields.has("gain")) parseGain(fields.object("gain"), change);
  if (fields.has("audioProcessing")) change.processing = parseProcessing(fields.object("audioProcessing"));
  if (fields.has("muted")) change.muted = fields.boolean("muted");
  if (fields.has("forward")) change.forward = fields.boolean("forward");
  if (fields.has("hears")) change.hears = parseHears(fields.object("hears"));
  parseVideo(fields, change);
  if (fields.has("security")) change.security = parseSecurity(fields.objectUnlessNull("security"));
  return change;
}

}  // namespace interconnect
