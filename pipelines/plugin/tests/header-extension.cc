#include "rtp/header-extension.h"

#include <vector>

#include "rtp/packet.h"
#include "tests/check.h"

using namespace interconnect;

namespace {

using Bytes = std::vector<uint8_t>;

/** @param words of the extension, as its length says; default: as many as there are */
Bytes packet(uint16_t profile, const Bytes& elements, int words = -1) {
  Bytes bytes = {0x90, 96, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, static_cast<uint8_t>(profile >> 8), static_cast<uint8_t>(profile)};
  const auto length = static_cast<uint16_t>(words >= 0 ? words : static_cast<int>(elements.size() / 4));
  bytes.push_back(static_cast<uint8_t>(length >> 8));
  bytes.push_back(static_cast<uint8_t>(length));
  bytes.insert(bytes.end(), elements.begin(), elements.end());
  return bytes;
}

Bytes found(const Bytes& datagram, uint8_t id) {
  const auto span = headerExtension({datagram.data(), datagram.size()}, id);
  return span ? Bytes(span->data, span->data + span->size) : Bytes{};
}

}  // namespace

TEST("an element is found among others, behind padding, in both forms") {
  const Bytes one = packet(0xbede, {0x10, 7, 0, 0x41, 8, 9, 0x22, 1, 2, 3, 0, 0});
  CHECK(found(one, 1) == Bytes{7} && found(one, 4) == (Bytes{8, 9}) && found(one, 2) == (Bytes{1, 2, 3}));
  CHECK(found(one, 3).empty() && found(one, 0).empty());
  const Bytes two = packet(0x1003, {200, 2, 8, 9, 0, 5, 0, 4, 1, 6, 0, 0});
  CHECK(found(two, 200) == (Bytes{8, 9}) && found(two, 4) == Bytes{6});
  CHECK(headerExtension({two.data(), two.size()}, 5)->size == 0);
}

TEST("contributing sources before it are passed over") {
  Bytes bytes = packet(0xbede, {0x41, 8, 9, 0});
  bytes[0] = 0x91;
  bytes.insert(bytes.begin() + kRtpHeaderBytes, {1, 2, 3, 4});
  CHECK(found(bytes, 4) == (Bytes{8, 9}));
}

TEST("what is cut off, too long, of another form or behind the stop sign is not there") {
  CHECK(found(packet(0xbede, {0x4f, 8, 9, 0}), 4).empty());
  CHECK(found(packet(0xbede, {0x41, 8, 9, 0}, 2), 4).empty());
  CHECK(found(packet(0xbede, {0xf0, 0, 0x41, 8, 9, 0, 0, 0}), 4).empty());
  CHECK(found(packet(0xbedf, {0x41, 8, 9, 0}), 4).empty());
  CHECK(found(packet(0x1000, {0, 0, 0, 4}), 4).empty());
  const Bytes whole = packet(0xbede, {0x41, 8, 9, 0});
  for (size_t size = 0; size < whole.size(); size++) CHECK(!headerExtension({whole.data(), size}, 4));
  Bytes none = whole;
  none[0] = 0x80;
  CHECK(found(none, 4).empty());
}

int main() { return check::run(); }
