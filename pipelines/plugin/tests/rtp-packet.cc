#include <cstring>
#include <vector>

#include "rtp/packet.h"
#include "tests/check.h"

using namespace interconnect;

namespace {

using Bytes = std::vector<uint8_t>;

Bytes packet(uint8_t first, const Bytes& rest) {
  Bytes bytes = {first, 0x80 | 101, 0x12, 0x34, 0xde, 0xad, 0xbe, 0xef, 1, 2, 3, 4};
  bytes.insert(bytes.end(), rest.begin(), rest.end());
  return bytes;
}

std::optional<RtpPacket> parse(const Bytes& bytes) { return parseRtp({bytes.data(), bytes.size()}); }

bool payloadIs(const std::optional<RtpPacket>& packet, const Bytes& expected) {
  return packet && packet->payload.size == expected.size() &&
         std::equal(expected.begin(), expected.end(), packet->payload.data);
}

TEST("every field of the fixed header is read") {
  const Bytes bytes = packet(0x80, {9, 8, 7});
  const auto parsed = parse(bytes);
  CHECK(payloadIs(parsed, {9, 8, 7}));
  if (!parsed) return;
  CHECK(parsed->marker);
  CHECK_EQUAL(parsed->payloadType, 101);
  CHECK_EQUAL(parsed->sequence, 0x1234);
  CHECK_EQUAL(parsed->timestamp, 0xdeadbeefu);
  CHECK_EQUAL(parsed->ssrc, 0x01020304u);
}

TEST("contributing sources are skipped") {
  CHECK(payloadIs(parse(packet(0x82, {0, 0, 0, 1, 0, 0, 0, 2, 5, 6})), {5, 6}));
  CHECK(!parse(packet(0x82, {0, 0, 0, 1, 0, 0, 0})));
}

TEST("a header extension is skipped, and refused when it runs past the end") {
  CHECK(payloadIs(parse(packet(0x90, {0xbe, 0xde, 0, 1, 1, 2, 3, 4, 5, 6})), {5, 6}));
  CHECK(payloadIs(parse(packet(0x90, {0xbe, 0xde, 0, 0})), {}));
  CHECK(!parse(packet(0x90, {0xbe, 0xde, 0, 2, 1, 2, 3, 4})));
  CHECK(!parse(packet(0x90, {0xbe, 0xde, 0xff, 0xff, 1, 2, 3, 4})));
  CHECK(!parse(packet(0x90, {0xbe, 0xde, 0})));
}

TEST("padding is left out, and refused when it is zero or longer than the payload") {
  CHECK(payloadIs(parse(packet(0xa0, {5, 6, 0, 2})), {5, 6}));
  CHECK(payloadIs(parse(packet(0xa0, {0, 2})), {}));
  CHECK(!parse(packet(0xa0, {5, 6, 0, 0})));
  CHECK(!parse(packet(0xa0, {5, 6, 0, 5})));
  CHECK(!parse(packet(0xa0, {})));
}

TEST("extension, contributing sources and padding go together") {
  CHECK(payloadIs(parse(packet(0xb1, {0, 0, 0, 1, 0xbe, 0xde, 0, 1, 1, 2, 3, 4, 5, 0, 0, 3})), {5}));
}

TEST("other versions and everything cut short are refused") {
  CHECK(!parse(packet(0x40, {1})));
  CHECK(!parse(packet(0xc0, {1})));
  const Bytes whole = packet(0x80, {});
  for (size_t size = 0; size < kRtpHeaderBytes; ++size) CHECK(!parseRtp({whole.data(), size}));
  CHECK(payloadIs(parse(whole), {}));
  CHECK(!parseRtp({nullptr, 0}));
}

TEST("a header that was written reads back the same") {
  RtpPacket written;
  written.marker = true;
  written.payloadType = 127;
  written.sequence = 65535;
  written.timestamp = 0xfffffff0u;
  written.ssrc = 0x80000001u;
  Bytes bytes(kRtpHeaderBytes);
  CHECK_EQUAL(writeRtpHeader(bytes.data(), written), kRtpHeaderBytes);
  const auto read = parse(bytes);
  CHECK(read && read->marker && read->payloadType == 127 && read->sequence == 65535);
  CHECK(read && read->timestamp == written.timestamp && read->ssrc == written.ssrc);
}

TEST("RTCP is told from RTP by its second byte, markers included") {
  for (unsigned type = 0; type < 256; ++type) {
    const Bytes bytes = {0x80, static_cast<uint8_t>(type)};
    CHECK_EQUAL(isRtcp({bytes.data(), bytes.size()}), type >= 192 && type <= 223);
  }
  const Bytes notVersion2 = {0x00, 200};
  CHECK(!isRtcp({notVersion2.data(), 2}));
  CHECK(!isRtcp({notVersion2.data(), 1}));
}

}  // namespace

int main() { return check::run(); }
