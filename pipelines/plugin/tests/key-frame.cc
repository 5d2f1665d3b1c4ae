// Where a picture begins that needs none before it, and how large it is; units of H.264 are OpenH264's.
#include "video/key-frame.h"

#include "tests/check.h"
#include "video/vp8-descriptor.h"

using namespace interconnect;

namespace {

using Bytes = std::vector<uint8_t>;

Span span(const Bytes& bytes) { return {bytes.data(), bytes.size()}; }

const Bytes k640x480 = {0x67, 0x42, 0xc0, 0x1e, 0x8c, 0x8d, 0x40, 0x50, 0x1e, 0xd0, 0x0f, 0x08, 0x84, 0x6a};
const Bytes k960x540 = {0x67, 0x42, 0xc0, 0x1f, 0x8c, 0x8d, 0x40, 0x78, 0x08, 0xbf, 0x70, 0x0f, 0x08, 0x84, 0x6a};
const Bytes k178x124 = {0x67, 0x42, 0xc0, 0x0b, 0x8c, 0x8d, 0x41, 0x82, 0x2c, 0x45, 0xc0, 0x3c, 0x22, 0x11, 0xa8};
const Bytes kPictureParameters = {0x68, 0xce, 0x3c, 0x80};

/** STAP-A (RFC 6184 §5.7.1). */
Bytes together(const std::vector<Bytes>& units) {
  Bytes packet = {0x78};
  for (const Bytes& unit : units) {
    packet.push_back(0);
    packet.push_back(static_cast<uint8_t>(unit.size()));
    packet.insert(packet.end(), unit.begin(), unit.end());
  }
  return packet;
}

bool is(const std::optional<VideoSize>& size, uint32_t width, uint32_t height) { return size && size->width == width && size->height == height; }

Bytes vp8(const Bytes& descriptor, uint8_t first = 0x10) {
  Bytes packet = descriptor;
  const Bytes frame = {first, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x41};
  packet.insert(packet.end(), frame.begin(), frame.end());
  return packet;
}

}  // namespace

TEST("H.264's parameters say the size, alone and together with others, cropped too") {
  CHECK(is(keyFrameSize("H264", span(k640x480)), 640, 480));
  CHECK(is(keyFrameSize("h264", span(together({k960x540, kPictureParameters}))), 960, 540));
  CHECK(is(keyFrameSize("H264", span(together({kPictureParameters, k178x124}))), 178, 124));
  CHECK(!keyFrameSize("H264", span(kPictureParameters)));
  CHECK(!keyFrameSize("H264", span({0x65, 0xb8, 0, 4})));
}

TEST("VP8's key frame says the size in its first packet alone") {
  for (const Bytes& descriptor : {Bytes{0x10}, Bytes{0x90, 0x80, 0x05}, Bytes{0x90, 0xf0, 0x85, 0x01, 7, 0x20}}) {
    CHECK(is(keyFrameSize("VP8", span(vp8(descriptor))), 640, 480));
    CHECK(!keyFrameSize("VP8", span(vp8(descriptor, 0x11))));
    CHECK(!keyFrameSize("VP9", span(vp8(descriptor))));
  }
  CHECK(!keyFrameSize("VP8", span(vp8({0x00}))));
  CHECK(!keyFrameSize("VP8", span(vp8({0x11}))));
}

TEST("what is cut off anywhere is no key frame") {
  for (const Bytes& whole : {k640x480, together({k960x540, kPictureParameters})}) {
    for (size_t size = 0; size + 8 < whole.size(); size++) CHECK(!keyFrameSize("H264", {whole.data(), size}));
  }
  const Bytes whole = vp8({0x90, 0xf0, 0x85, 0x01, 7, 0x20});
  for (size_t size = 0; size < whole.size(); size++) CHECK(!keyFrameSize("VP8", {whole.data(), size}));
}

TEST("numbers of pictures and levels go on from one stream to the next, each in its own length") {
  Vp8Numbers numbers;
  const auto through = [&](Bytes packet, bool begins) {
    if (begins) numbers.begin(span(packet));
    numbers.sent(span(packet));
    numbers.renumber(packet.data(), packet.size());
    return packet;
  };
  CHECK(through({0x90, 0xc0, 0xff, 0xff, 0xff}, true) == Bytes({0x90, 0xc0, 0xff, 0xff, 0xff}));
  CHECK(through({0x90, 0xc0, 0x92, 0x34, 9}, true) == Bytes({0x90, 0xc0, 0x80, 0x00, 0}));
  CHECK(through({0x80, 0xc0, 0x92, 0x34, 9}, false) == Bytes({0x80, 0xc0, 0x80, 0x00, 0}));
  CHECK(through({0x90, 0xc0, 0x92, 0x35, 10}, false) == Bytes({0x90, 0xc0, 0x80, 0x01, 1}));
  CHECK(through({0x90, 0x80, 0x7f}, true) == Bytes({0x90, 0x80, 0x02}));
  CHECK(through({0x10}, true) == Bytes({0x10}));
}

int main() { return check::run(); }
