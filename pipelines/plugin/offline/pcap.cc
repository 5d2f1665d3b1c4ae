#include "offline/pcap.h"

#include <algorithm>
#include <cstring>

#include "rtp/bytes.h"

namespace interconnect {
namespace {

constexpr size_t kFileHeader = 24;
constexpr size_t kRecordHeader = 16;
constexpr uint32_t kMaxSnapshot = 262'144;

/** Link types of the registry at tcpdump.org. */
enum LinkType : uint32_t { kNull = 0, kEthernet = 1, kRaw = 101, kLoop = 108, kCooked = 113, kIpv4 = 228, kIpv6 = 229, kCooked2 = 276 };

constexpr uint16_t kEtherIpv4 = 0x0800;
constexpr uint16_t kEtherIpv6 = 0x86dd;
constexpr uint16_t kEtherVlan = 0x8100;
constexpr uint16_t kEtherQinQ = 0x88a8;

struct Format {
  bool bigEndian;
  Nanos fraction;
  uint32_t linkType;
};

uint32_t word(const uint8_t* p, bool bigEndian) {
  if (bigEndian) return read32(p);
  return (uint32_t{p[3]} << 24) | (uint32_t{p[2]} << 16) | (uint32_t{p[1]} << 8) | uint32_t{p[0]};
}

Span after(Span bytes, size_t n) { return n <= bytes.size ? Span{bytes.data + n, bytes.size - n} : Span{}; }

std::optional<Format> readFormat(Span file) {
  if (file.size < kFileHeader) return std::nullopt;
  for (const bool bigEndian : {false, true}) {
    const uint32_t magic = word(file.data, bigEndian);
    if (magic != 0xa1b2c3d4 && magic != 0xa1b23c4d) continue;
    // The upper bits of the link type carry the length of a frame check sequence.
    return Format{bigEndian, magic == 0xa1b2c3d4 ? kMicrosecond : Nanos{1}, word(file.data + 20, bigEndian) & 0xffff};
  }
  return std::nullopt;
}

Span ipOverEther(Span packet, size_t typeAt) {
  // Two tags at most: more are no traffic of ours.
  for (int tags = 0; tags < 3 && packet.size >= typeAt + 2; tags++, typeAt += 4) {
    const uint16_t type = read16(packet.data + typeAt);
    if (type == kEtherIpv4 || type == kEtherIpv6) return after(packet, typeAt + 2);
    if (type != kEtherVlan && type != kEtherQinQ) break;
  }
  return {};
}

/** The IP packet in a frame; empty when there is none. */
Span ipOf(Span frame, uint32_t linkType) {
  switch (linkType) {
    case kNull:
    case kLoop:
      return after(frame, 4);
    case kEthernet:
      return ipOverEther(frame, 12);
    case kCooked:
      return ipOverEther(frame, 14);
    case kCooked2:
      if (frame.size < 2) return {};
      return read16(frame.data) == kEtherIpv4 || read16(frame.data) == kEtherIpv6 ? after(frame, 20) : Span{};
    default:
      return frame;
  }
}

bool known(uint32_t linkType) {
  for (const uint32_t type : {kNull, kEthernet, kRaw, kLoop, kCooked, kIpv4, kIpv6, kCooked2}) {
    if (type == linkType) return true;
  }
  return false;
}

Address ipv4Address(const uint8_t* bytes, uint16_t port) {
  sockaddr_storage raw{};
  auto& v4 = reinterpret_cast<sockaddr_in&>(raw);
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port);
  std::memcpy(&v4.sin_addr, bytes, 4);
  return Address::from(raw);
}

Address ipv6Address(const uint8_t* bytes, uint16_t port) {
  sockaddr_storage raw{};
  auto& v6 = reinterpret_cast<sockaddr_in6&>(raw);
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  std::memcpy(&v6.sin6_addr, bytes, 16);
  return Address::from(raw);
}

struct Udp {
  uint16_t from;
  uint16_t to;
  Span payload;
};

std::optional<Udp> udpOf(Span packet) {
  if (packet.size < 8) return std::nullopt;
  const size_t length = read16(packet.data + 4);
  if (length < 8 || length > packet.size) return std::nullopt;
  return Udp{read16(packet.data), read16(packet.data + 2), {packet.data + 8, length - 8}};
}

std::optional<CapturedDatagram> udpFromIpv4(Span packet) {
  if (packet.size < 20) return std::nullopt;
  const size_t header = size_t{packet.data[0] & 15u} * 4;
  const size_t total = read16(packet.data + 2);
  const bool fragment = (read16(packet.data + 6) & 0x3fff) != 0;
  if (header < 20 || total < header || total > packet.size || fragment || packet.data[9] != IPPROTO_UDP) return std::nullopt;
  const auto udp = udpOf({packet.data + header, total - header});
  if (!udp) return std::nullopt;
  return CapturedDatagram{0, ipv4Address(packet.data + 12, udp->from), ipv4Address(packet.data + 16, udp->to), udp->payload};
}

std::optional<CapturedDatagram> udpFromIpv6(Span packet) {
  if (packet.size < 40) return std::nullopt;
  const size_t length = read16(packet.data + 4);
  if (length > packet.size - 40 || packet.data[6] != IPPROTO_UDP) return std::nullopt;
  const auto udp = udpOf({packet.data + 40, length});
  if (!udp) return std::nullopt;
  return CapturedDatagram{0, ipv6Address(packet.data + 8, udp->from), ipv6Address(packet.data + 24, udp->to), udp->payload};
}

}  // namespace

std::optional<CapturedDatagram> udpFromIp(Span packet) {
  if (packet.size == 0) return std::nullopt;
  switch (packet.data[0] >> 4) {
    case 4: return udpFromIpv4(packet);
    case 6: return udpFromIpv6(packet);
    default: return std::nullopt;
  }
}

std::variant<std::vector<CapturedDatagram>, std::string> readPcap(Span file) {
  const auto format = readFormat(file);
  if (!format) return "it is not a pcap file (pcapng must be converted)";
  if (!known(format->linkType)) return "link type " + std::to_string(format->linkType) + " is not known here";

  std::vector<CapturedDatagram> datagrams;
  std::optional<Nanos> first;
  for (Span rest = after(file, kFileHeader); rest.size >= kRecordHeader;) {
    const Nanos time = Nanos{word(rest.data, format->bigEndian)} * kSecond + Nanos{word(rest.data + 4, format->bigEndian)} * format->fraction;
    const uint32_t captured = word(rest.data + 8, format->bigEndian);
    rest = after(rest, kRecordHeader);
    if (captured > kMaxSnapshot || captured > rest.size) break;
    if (!first) first = time;
    auto datagram = udpFromIp(ipOf({rest.data, captured}, format->linkType));
    rest = after(rest, captured);
    if (!datagram) continue;
    // Captures of several interfaces are not always in order; time never goes back here.
    datagram->time = std::max(time - *first, datagrams.empty() ? Nanos{0} : datagrams.back().time);
    datagrams.push_back(*datagram);
  }
  return datagrams;
}

}  // namespace interconnect
