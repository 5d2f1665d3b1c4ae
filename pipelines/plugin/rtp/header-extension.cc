#include "rtp/header-extension.h"

#include "rtp/bytes.h"
#include "rtp/packet.h"

namespace interconnect {
namespace {

constexpr uint16_t kOneByte = 0xbede;
/** The last four bits are the application's. */
constexpr uint16_t kTwoBytes = 0x1000;
/** Of one-byte headers: nothing that follows is to be read. */
constexpr uint8_t kStop = 15;

std::optional<Span> find(Span elements, bool twoBytes, uint8_t id) {
  const uint8_t* p = elements.data;
  for (size_t at = 0; at < elements.size;) {
    // Padding between elements.
    if (p[at] == 0) {
      at++;
      continue;
    }
    const uint8_t found = twoBytes ? p[at] : p[at] >> 4;
    if (!twoBytes && found == kStop) return std::nullopt;
    if (twoBytes && at + 1 == elements.size) return std::nullopt;
    const size_t size = twoBytes ? p[at + 1] : (p[at] & 0x0f) + 1u;
    at += twoBytes ? 2 : 1;
    if (size > elements.size - at) return std::nullopt;
    if (found == id) return Span{p + at, size};
    at += size;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Span> headerExtension(Span datagram, uint8_t id) {
  const uint8_t* data = datagram.data;
  if (datagram.size < kRtpHeaderBytes || (data[0] & 0x10) == 0 || id == 0) return std::nullopt;
  const size_t begin = kRtpHeaderBytes + size_t{4} * (data[0] & 0x0f);
  if (datagram.size < begin + 4) return std::nullopt;
  const uint16_t profile = read16(data + begin);
  const size_t size = size_t{4} * read16(data + begin + 2);
  if (size > datagram.size - begin - 4) return std::nullopt;
  const bool twoBytes = (profile & 0xfff0) == kTwoBytes;
  if (!twoBytes && profile != kOneByte) return std::nullopt;
  return find({data + begin + 4, size}, twoBytes, id);
}

}  // namespace interconnect
