#include "video/vp8-descriptor.h"

#include "rtp/bytes.h"

namespace interconnect {
namespace {

constexpr uint16_t kShortMask = 0x7f;
constexpr uint16_t kLongMask = 0x7fff;

uint16_t pictureId(Span payload, const Vp8Descriptor& descriptor) {
  const uint8_t* at = payload.data + *descriptor.pictureIdAt;
  return descriptor.longPictureId ? read16(at) & kLongMask : *at & kShortMask;
}

}  // namespace

std::optional<Vp8Descriptor> parseVp8Descriptor(Span payload) {
  const uint8_t* p = payload.data;
  if (payload.size == 0) return std::nullopt;
  Vp8Descriptor descriptor;
  descriptor.begins = (p[0] & 0x10) != 0 && (p[0] & 0x07) == 0;
  if ((p[0] & 0x80) == 0) return descriptor;
  if (payload.size < 2) return std::nullopt;
  const uint8_t fields = p[1];
  size_t at = 2;
  if ((fields & 0x80) != 0) {
    if (at >= payload.size) return std::nullopt;
    descriptor.pictureIdAt = at;
    descriptor.longPictureId = (p[at] & 0x80) != 0;
    at += descriptor.longPictureId ? 2 : 1;
  }
  if ((fields & 0x40) != 0) descriptor.levelZeroAt = at++;
  if ((fields & 0x30) != 0) at++;
  if (at > payload.size) return std::nullopt;
  descriptor.bytes = at;
  return descriptor;
}

void Vp8Numbers::begin(Span payload) {
  const auto descriptor = parseVp8Descriptor(payload);
  if (!descriptor) return;
  if (descriptor->pictureIdAt && picture_) pictureOffset_ = static_cast<uint16_t>(*picture_ + 1 - pictureId(payload, *descriptor));
  if (descriptor->levelZeroAt && levelZero_) levelZeroOffset_ = static_cast<uint8_t>(*levelZero_ + 1 - payload.data[*descriptor->levelZeroAt]);
}

void Vp8Numbers::sent(Span payload) {
  const auto descriptor = parseVp8Descriptor(payload);
  if (!descriptor) return;
  if (descriptor->pictureIdAt) picture_ = static_cast<uint16_t>(pictureId(payload, *descriptor) + pictureOffset_);
  if (descriptor->levelZeroAt) levelZero_ = static_cast<uint8_t>(payload.data[*descriptor->levelZeroAt] + levelZeroOffset_);
}

void Vp8Numbers::renumber(uint8_t* payload, size_t size) const {
  if (pictureOffset_ == 0 && levelZeroOffset_ == 0) return;
  const Span span{payload, size};
  const auto descriptor = parseVp8Descriptor(span);
  if (!descriptor) return;
  if (descriptor->pictureIdAt) {
    const auto id = static_cast<uint16_t>(pictureId(span, *descriptor) + pictureOffset_);
    uint8_t* at = payload + *descriptor->pictureIdAt;
    if (descriptor->longPictureId) write16(at, static_cast<uint16_t>(0x8000 | (id & kLongMask)));
    else *at = static_cast<uint8_t>(id & kShortMask);
  }
  if (descriptor->levelZeroAt) payload[*descriptor->levelZeroAt] = static_cast<uint8_t>(payload[*descriptor->levelZeroAt] + levelZeroOffset_);
}

}  // namespace interconnect
