#include "rtp/packet.h"

#include "rtp/bytes.h"

namespace interconnect {

std::optional<RtpPacket> parseRtp(Span datagram) {
  const uint8_t* data = datagram.data;
  if (datagram.size < kRtpHeaderBytes || (data[0] >> 6) != 2) return std::nullopt;

  size_t begin = kRtpHeaderBytes + size_t{4} * (data[0] & 0x0f);
  if ((data[0] & 0x10) != 0) {
    if (datagram.size < begin + 4) return std::nullopt;
    begin += 4 + size_t{4} * read16(data + begin + 2);
  }
  if (datagram.size < begin) return std::nullopt;

  size_t end = datagram.size;
  if ((data[0] & 0x20) != 0) {
    const size_t padding = data[end - 1];
    if (padding == 0 || padding > end - begin) return std::nullopt;
    end -= padding;
  }

  RtpPacket packet;
  packet.marker = (data[1] & 0x80) != 0;
  packet.payloadType = data[1] & 0x7f;
  packet.sequence = read16(data + 2);
  packet.timestamp = read32(data + 4);
  packet.ssrc = read32(data + 8);
  packet.payload = {data + begin, end - begin};
  return packet;
}

size_t writeRtpHeader(uint8_t* out12, const RtpPacket& packet) {
  out12[0] = 0x80;
  out12[1] = static_cast<uint8_t>((packet.marker ? 0x80 : 0) | (packet.payloadType & 0x7f));
  write16(out12 + 2, packet.sequence);
  write32(out12 + 4, packet.timestamp);
  write32(out12 + 8, packet.ssrc);
  return kRtpHeaderBytes;
}

bool isRtcp(Span datagram) {
  return datagram.size >= 2 && (datagram.data[0] >> 6) == 2 && datagram.data[1] >= 192 && datagram.data[1] <= 223;
}

}  // namespace interconnect
