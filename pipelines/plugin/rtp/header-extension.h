#pragma once
#include <cstdint>
#include <optional>

#include "rtp/span.h"

namespace interconnect {

/**
 * What an RTP packet carries under that id in its header, in elements of one or of two bytes' header (RFC 8285 §4).
 * @param id 1–14; with two bytes up to 255
 * @returns points into the datagram; nothing when it is not there, or the extension is not well formed before it
 */
std::optional<Span> headerExtension(Span datagram, uint8_t id);

}  // namespace interconnect
