// RTCP feedback of video: what is read is what was meant, and what is written can be read.
#include "video/rtcp-feedback.h"

#include "rtp/bytes.h"
#include "tests/check.h"

using namespace interconnect;

namespace {

constexpr uint32_t kOwn = 0x11111111;
constexpr uint32_t kAbout = 0x22222222;
using Bytes = std::vector<uint8_t>;

Span span(const Bytes& bytes) { return {bytes.data(), bytes.size()}; }

std::vector<uint16_t> lostOf(const RtcpFeedback& feedback) { return {feedback.lost.begin(), feedback.lost.begin() + feedback.lostCount}; }

}  // namespace

TEST("a NACK names single packets, neighbours and runs across the wrap, each once") {
  const std::vector<uint16_t> lost = {100, 101, 116, 117, 300, 65534, 65535, 0, 14};
  Bytes out(200);
  out.resize(writeNack(out.data(), out.size(), kOwn, kAbout, lost));
  CHECK_EQUAL(out.size(), size_t{12 + 4 * 4});
  const auto read = parseRtcpFeedback(span(out), kAbout);
  CHECK(read && lostOf(*read) == lost);
  CHECK(parseRtcpFeedback(span(out), kOwn)->lostCount == 0);
}

TEST("a NACK that does not fit says as much as fits") {
  std::vector<uint16_t> lost;
  for (uint16_t i = 0; i < 100; i++) lost.push_back(static_cast<uint16_t>(i * 20));
  Bytes out(12 + 4 * 10);
  CHECK_EQUAL(writeNack(out.data(), out.size(), kOwn, kAbout, lost), out.size());
  CHECK_EQUAL(parseRtcpFeedback(span(out), kAbout)->lostCount, size_t{10});
}

TEST("PLI, and FIR by its entries, ask for a key frame of the stream that they name") {
  Bytes pli(12);
  CHECK_EQUAL(writePictureLoss(pli.data(), pli.size(), kOwn, kAbout), size_t{12});
  CHECK(parseRtcpFeedback(span(pli), kAbout)->keyFrame);
  CHECK(!parseRtcpFeedback(span(pli), kOwn)->keyFrame);
  Bytes fir = {0x84, 206, 0, 4, 1, 1, 1, 1, 0, 0, 0, 0, 0x22, 0x22, 0x22, 0x22, 7, 0, 0, 0};
  CHECK(parseRtcpFeedback(span(fir), kAbout)->keyFrame);
  CHECK(!parseRtcpFeedback(span(fir), kOwn)->keyFrame);
}

TEST("a bitrate is kept to 18 bits of it, and comes back") {
  for (const uint64_t bitrate : {uint64_t{0}, uint64_t{30'000}, uint64_t{262'143}, uint64_t{2'500'000}, uint64_t{1} << 36}) {
    Bytes out(24);
    CHECK_EQUAL(writeBitrate(out.data(), out.size(), kOwn, kAbout, bitrate), out.size());
    const auto read = parseRtcpFeedback(span(out), kAbout);
    if (!CHECK(read && read->bitrate)) continue;
    CHECK_NEAR(static_cast<double>(*read->bitrate), static_cast<double>(bitrate), static_cast<double>(bitrate) / 131'072);
  }
}

TEST("what follows a report in one datagram is found, and lengths that do not add up are refused") {
  Bytes compound = {0x80, 201, 0, 1, 1, 2, 3, 4};
  Bytes pli(12);
  writePictureLoss(pli.data(), pli.size(), kOwn, kAbout);
  compound.insert(compound.end(), pli.begin(), pli.end());
  CHECK(parseRtcpFeedback(span(compound), kAbout)->keyFrame);
  for (size_t cut = 1; cut < compound.size(); cut++) {
    if (cut == 8) continue;
    CHECK(!parseRtcpFeedback({compound.data(), cut}, kAbout));
  }
}

int main() { return check::run(); }
