#include "video/key-frame.h"

#include <strings.h>

#include <string>
#include <vector>

#include "rtp/bytes.h"
#include "video/vp8-descriptor.h"

namespace interconnect {
namespace {

constexpr uint8_t kSequenceParameters = 7;
constexpr uint8_t kAggregate = 24;

std::optional<VideoSize> ofVp8(Span payload) {
  const auto descriptor = parseVp8Descriptor(payload);
  if (!descriptor || !descriptor->begins || payload.size < descriptor->bytes + 10) return std::nullopt;
  const uint8_t* frame = payload.data + descriptor->bytes;
  if ((frame[0] & 1) != 0 || frame[3] != 0x9d || frame[4] != 0x01 || frame[5] != 0x2a) return std::nullopt;
  return VideoSize{(frame[6] | frame[7] << 8) & 0x3fffu, (frame[8] | frame[9] << 8) & 0x3fffu};
}

/** Bits of an H.264 unit, without its emulation prevention (§7.4.1). Past the end there are zeros, and `ended()`. */
class Bits {
 public:
  explicit Bits(Span unit) {
    for (size_t i = 0; i < unit.size; i++) {
      const bool prevents = i >= 2 && unit.data[i] == 3 && unit.data[i - 1] == 0 && unit.data[i - 2] == 0;
      if (!prevents) bytes_.push_back(unit.data[i]);
    }
  }

  uint32_t take(unsigned count) {
    uint32_t value = 0;
    for (; count > 0; count--, at_++) value = value << 1 | (ended() ? 0u : bytes_[at_ / 8] >> (7 - at_ % 8) & 1u);
    return value;
  }
  /** ue(v), §9.1. */
  uint32_t number() {
    unsigned zeros = 0;
    while (!ended() && zeros < 16 && take(1) == 0) zeros++;
    return (1u << zeros) - 1 + take(zeros);
  }
  bool ended() const { return at_ >= bytes_.size() * 8; }

 private:
  std::vector<uint8_t> bytes_;
  size_t at_ = 0;
};

std::optional<VideoSize> ofSequenceParameters(Span unit) {
  if (unit.size < 5) return std::nullopt;
  Bits bits({unit.data + 4, unit.size - 4});
  bits.number();
  bits.number();
  const uint32_t orderType = bits.number();
  if (orderType == 0) bits.number();
  else if (orderType != 2) return std::nullopt;
  bits.number();
  bits.take(1);
  VideoSize size{16 * (bits.number() + 1), 16 * (bits.number() + 1)};
  if (bits.take(1) == 0) return std::nullopt;
  bits.take(1);
  if (bits.take(1) == 1) {
    const uint32_t left = bits.number();
    const uint32_t right = bits.number();
    const uint32_t top = bits.number();
    const uint32_t bottom = bits.number();
    if (2 * (left + right) >= size.width || 2 * (top + bottom) >= size.height) return std::nullopt;
    size.width -= 2 * (left + right);
    size.height -= 2 * (top + bottom);
  }
  if (bits.ended()) return std::nullopt;
  return size;
}

/** RFC 6184 §5.6, §5.7.1. */
std::optional<VideoSize> ofH264(Span payload) {
  if (payload.size == 0) return std::nullopt;
  const auto type = [](Span unit) { return unit.data[0] & 0x1f; };
  if (type(payload) == kSequenceParameters) return ofSequenceParameters(payload);
  if (type(payload) != kAggregate) return std::nullopt;
  for (size_t at = 1; at + 3 <= payload.size;) {
    const Span unit{payload.data + at + 2, read16(payload.data + at)};
    if (unit.size == 0 || unit.size > payload.size - at - 2) return std::nullopt;
    if (type(unit) == kSequenceParameters) return ofSequenceParameters(unit);
    at += 2 + unit.size;
  }
  return std::nullopt;
}

}  // namespace

std::optional<VideoSize> keyFrameSize(std::string_view codec, Span payload) {
  const std::string name(codec);
  if (strcasecmp(name.c_str(), "VP8") == 0) return ofVp8(payload);
  if (strcasecmp(name.c_str(), "H264") == 0) return ofH264(payload);
  return std::nullopt;
}

}  // namespace interconnect
