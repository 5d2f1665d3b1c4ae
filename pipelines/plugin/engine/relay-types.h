#pragma once
#include <array>
#include <optional>
#include <vector>

#include "codec/codec-spec.h"
#include "engine/leg-settings.h"

namespace interconnect {

/** Which payload types of one leg's far end can be sent on to another's, and as which. */
class RelayTypes {
 public:
  /** What the source may receive. */
  struct Source {
    std::vector<CodecSpec> codecs;
    std::vector<TelephoneEventSpec> telephoneEvents;
  };
  /** What may be sent. */
  struct Target {
    std::optional<CodecSpec> codec;
    std::optional<TelephoneEventSpec> telephoneEvent;
  };
  RelayTypes(const Source& source, const Target& target);

  /** Nothing when the far end did not agree to such packets. */
  std::optional<uint8_t> find(uint8_t payloadType) const {
    const uint8_t type = types_[payloadType & 0x7f];
    return type == kNone ? std::nullopt : std::optional(type);
  }

 private:
  static constexpr uint8_t kNone = 0xff;
  std::array<uint8_t, 128> types_;
};

/** One codec under perhaps different payload types. Names are compared as SDP does, without case (RFC 4566 §6). */
bool sameEncoding(const CodecSpec& a, const CodecSpec& b);

}  // namespace interconnect
