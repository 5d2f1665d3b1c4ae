#include "engine/relay-types.h"

#include <strings.h>

namespace interconnect {

bool sameEncoding(const CodecSpec& a, const CodecSpec& b) {
  return a.clockRate == b.clockRate && strcasecmp(a.name.c_str(), b.name.c_str()) == 0;
}

RelayTypes::RelayTypes(const Source& source, const Target& target) {
  types_.fill(kNone);
  if (!target.codec) return;
  for (const CodecSpec& codec : source.codecs) {
    if (sameEncoding(codec, *target.codec)) types_[codec.payloadType] = target.codec->payloadType;
  }
  const auto& out = target.telephoneEvent;
  for (const TelephoneEventSpec& in : source.telephoneEvents) {
    // Time stamps and durations are sent on as they are: they must count the same.
    if (out && in.clockRate == out->clockRate) types_[in.payloadType] = out->payloadType;
  }
}

}  // namespace interconnect
