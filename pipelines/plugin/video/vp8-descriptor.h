#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>

#include "rtp/span.h"

namespace interconnect {

/** What stands before VP8 in each packet (RFC 7741 §4.2). */
struct Vp8Descriptor {
  size_t bytes = 1;
  /** A frame begins with this packet. */
  bool begins = false;
  /** Where in the payload; of one byte (7 bits), or of two (15). */
  std::optional<size_t> pictureIdAt;
  bool longPictureId = false;
  std::optional<size_t> levelZeroAt;
};

/** Nothing when it is cut off. */
std::optional<Vp8Descriptor> parseVp8Descriptor(Span payload);

/** Lets the numbers of pictures go on where one stream takes over from another: decoders take a jump for a loss. */
class Vp8Numbers {
 public:
  /** With this packet another stream begins. */
  void begin(Span payload);
  /** The newest packet, before it is renumbered. */
  void sent(Span payload);
  /** @param payload of the stream that began last; changed in place */
  void renumber(uint8_t* payload, size_t size) const;

 private:
  uint16_t pictureOffset_ = 0;
  uint8_t levelZeroOffset_ = 0;
  /** As they were sent. */
  std::optional<uint16_t> picture_;
  std::optional<uint8_t> levelZero_;
};

}  // namespace interconnect
