#include "engine/parse-video.h"

#include "engine/failure.h"
#include "engine/parse-media.h"

namespace interconnect {
namespace {

constexpr size_t kMaxCodecs = 12;
constexpr size_t kMaxName = 32;
constexpr size_t kMaxRid = 16;
constexpr int64_t kMaxLength = 16'384;

uint32_t parseSsrc(Fields& fields, const char* key) { return static_cast<uint32_t>(fields.integer(key, 1, UINT32_MAX)); }

VideoCodec parseCodec(Fields fields) {
  VideoCodec codec{fields.string("name", 1, kMaxName), static_cast<uint8_t>(fields.integer("payloadType", 0, 127)), {}};
  constexpr const char* kRetransmission = "retransmissionPayloadType";
  if (fields.has(kRetransmission)) codec.retransmission = static_cast<uint8_t>(fields.integer(kRetransmission, 0, 127));
  fields.refuseOthers();
  return codec;
}

SimulcastSpec parseSimulcast(Fields fields) {
  SimulcastSpec spec{fields.strings("rids", 1, SimulcastSpec::kMaxLayers, 1, kMaxRid), static_cast<uint8_t>(fields.integer("ridExtension", 1, 255)), {}};
  constexpr const char* kRepaired = "repairedRidExtension";
  if (fields.has(kRepaired)) spec.repairedRidExtension = static_cast<uint8_t>(fields.integer(kRepaired, 1, 255));
  fields.refuseOthers();
  return spec;
}

VideoReceiveSpec parseReceive(Fields fields) {
  VideoReceiveSpec spec{{}, static_cast<uint32_t>(fields.integer("maxBitrate", 30'000, 50'000'000)), {}, {}};
  constexpr const char* kTransportSequence = "transportSequenceExtension";
  if (fields.has(kTransportSequence)) spec.transportSequence = static_cast<uint8_t>(fields.integer(kTransportSequence, 1, 255));
  if (fields.has("simulcast")) spec.simulcast = parseSimulcast(fields.object("simulcast"));
  for (Fields& item : fields.objects("codecs", kMaxCodecs)) spec.codecs.push_back(parseCodec(std::move(item)));
  if (spec.codecs.empty()) throw BadRequest(fields.name("codecs") + " must hold one at least");
  fields.refuseOthers();
  return spec;
}

VideoSendSpec parseSend(Fields fields) {
  VideoSendSpec spec{parseCodec(fields.object("codec")), parseSsrc(fields, "ssrc"), {}, {}};
  if (fields.has("retransmissionSsrc")) spec.retransmissionSsrc = parseSsrc(fields, "retransmissionSsrc");
  constexpr const char* kSendTime = "absoluteSendTimeExtension";
  if (fields.has(kSendTime)) spec.absoluteSendTime = static_cast<uint8_t>(fields.integer(kSendTime, 1, 14));
  fields.refuseOthers();
  return spec;
}

VideoSize parseSize(Fields fields) {
  const VideoSize size{static_cast<uint32_t>(fields.integer("width", 1, kMaxLength)), static_cast<uint32_t>(fields.integer("height", 1, kMaxLength))};
  fields.refuseOthers();
  return size;
}

}  // namespace

void parseVideo(Fields& fields, MediaChange& change) {
  if (fields.has("receiveVideo")) {
    auto spec = fields.objectUnlessNull("receiveVideo");
    change.receiveVideo.emplace(spec ? std::optional(parseReceive(std::move(*spec))) : std::nullopt);
  }
  if (fields.has("sendVideo")) {
    auto spec = fields.objectUnlessNull("sendVideo");
    change.sendVideo.emplace(spec ? std::optional(parseSend(std::move(*spec))) : std::nullopt);
  }
  if (fields.has("sees")) change.sees.emplace(fields.stringUnlessNull("sees", 1, kMaxLegId));
  if (fields.has("seesSize")) {
    auto size = fields.objectUnlessNull("seesSize");
    change.seesSize.emplace(size ? std::optional(parseSize(std::move(*size))) : std::nullopt);
  }
}

}  // namespace interconnect
