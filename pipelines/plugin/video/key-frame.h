#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "rtp/span.h"

namespace interconnect {

/** Pixels. */
struct VideoSize {
  uint32_t width = 0;
  uint32_t height = 0;
};

/**
 * The size of the picture that begins with this packet, if it needs none before it: a key frame of VP8 (RFC 6386 §9.1), or H.264's
 * sequence parameters (ITU-T H.264 §7.3.2.1.1, constrained baseline), which senders put before each.
 * @param codec by its encoding name
 * @returns nothing for every other packet, and of other codecs
 */
std::optional<VideoSize> keyFrameSize(std::string_view codec, Span payload);

}  // namespace interconnect
