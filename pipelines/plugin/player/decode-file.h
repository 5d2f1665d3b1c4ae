#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace interconnect {

/** Takes samples as they are decoded; false ends the decoding. */
using SampleTaker = std::function<bool(const int16_t* pcm, size_t n)>;

/**
 * Decodes a file of any format that GStreamer reads, in this thread and GStreamer's own, from its beginning to its end, as
 * mono at `rate`. Formats that lead elsewhere (playlists, adaptive streams, session descriptions) are none.
 *
 * @param descriptor of a regular file
 * @param stopped asked while nothing comes
 * @returns why it failed, as an end of a sentence that begins with the file's name
 */
std::optional<std::string> decodeFile(int descriptor, uint32_t rate, const SampleTaker& take, const std::function<bool()>& stopped);

}  // namespace interconnect
