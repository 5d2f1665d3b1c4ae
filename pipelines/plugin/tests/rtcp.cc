#include <string>
#include <vector>

#include "rtp/bytes.h"
#include "rtp/rtcp.h"
#include "tests/check.h"

using namespace interconnect;

namespace {

using Bytes = std::vector<uint8_t>;

std::optional<RtcpCompound> parse(const Bytes& bytes) { return parseRtcp({bytes.data(), bytes.size()}); }

Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

const Bytes kEmptyReport = {0x80, 201, 0, 1, 0, 0, 0, 7};
const Bytes kDescription = {0x81, 202, 0, 2, 0, 0, 0, 7, 1, 1, 'a', 0};
const Bytes kBye = {0x81, 203, 0, 1, 0, 0, 0, 7};

Bytes write(const RtcpMessage& message) {
  Bytes bytes(kMaxRtcpBytes);
  bytes.resize(writeRtcp(bytes.data(), bytes.size(), message));
  return bytes;
}

RtcpMessage fullMessage() {
  RtcpMessage message;
  message.ssrc = 0xcafe;
  message.sender = SenderInfo{0x0102030405060708u, 160, 10, 1600};
  ReportBlock block;
  block.ssrc = 0xbeef;
  block.fractionLost = 64;
  block.cumulativeLost = -3;
  block.highestSequence = 70000;
  block.jitter = 33;
  block.lastSenderReport = 0x11223344;
  block.delaySinceLastSenderReport = 65536;
  message.block = block;
  message.cname = "box@example.org";
  return message;
}

TEST("a sender report with its block reads back as it was written") {
  const auto read = parse(write(fullMessage()));
  CHECK(read.has_value());
  if (!read) return;
  CHECK_EQUAL(read->ssrc, 0xcafeu);
  CHECK(read->sender && read->sender->ntp == 0x0102030405060708u && read->sender->rtpTimestamp == 160);
  CHECK(read->sender && read->sender->packets == 10 && read->sender->bytes == 1600);
  CHECK_EQUAL(read->blockCount, size_t{1});
  const ReportBlock& block = read->blocks[0];
  CHECK_EQUAL(block.ssrc, 0xbeefu);
  CHECK_EQUAL(block.fractionLost, 64);
  CHECK_EQUAL(block.cumulativeLost, -3);
  CHECK_EQUAL(block.highestSequence, 70000u);
  CHECK_EQUAL(block.jitter, 33u);
  CHECK_EQUAL(block.lastSenderReport, 0x11223344u);
  CHECK_EQUAL(block.delaySinceLastSenderReport, 65536u);
  CHECK(!read->bye);
}

TEST("without sender information a receiver report goes out, and with bye a BYE at its end") {
  RtcpMessage message = fullMessage();
  message.sender.reset();
  message.bye = true;
  const Bytes bytes = write(message);
  CHECK_EQUAL(bytes[1], 201);
  const auto read = parse(bytes);
  CHECK(read && !read->sender && read->blockCount == 1 && read->bye);
}

TEST("the description carries the CNAME, ends with zeros, and fills whole words for every length") {
  for (size_t length = 0; length <= 260; ++length) {
    const std::string cname(length, 'x');
    RtcpMessage message;
    message.ssrc = 7;
    message.cname = cname;
    const Bytes bytes = write(message);
    CHECK_EQUAL(bytes.size() % 4, size_t{0});
    CHECK(parse(bytes).has_value());
    const size_t kept = std::min<size_t>(length, 255);
    CHECK_EQUAL(bytes[8 + 1], 202);
    CHECK_EQUAL(bytes[8 + 8], 1);
    CHECK_EQUAL(size_t{bytes[8 + 9]}, kept);
    CHECK_EQUAL(bytes.back(), 0);
    CHECK_EQUAL(bytes.size(), 8 + 8 + (2 + kept) / 4 * 4 + 4);
  }
}

TEST("the longest message fits the room that is promised, and too little room writes nothing") {
  RtcpMessage message = fullMessage();
  const std::string longest(300, 'x');
  message.cname = longest;
  message.bye = true;
  const size_t size = write(message).size();
  CHECK(size > 0 && size <= kMaxRtcpBytes);
  Bytes small(size - 1);
  CHECK_EQUAL(writeRtcp(small.data(), small.size(), message), size_t{0});
}

TEST("a loss outside 24 bits is written as the nearest that fits") {
  RtcpMessage message = fullMessage();
  message.block->cumulativeLost = 100'000'000;
  CHECK_EQUAL(parse(write(message))->blocks[0].cumulativeLost, 0x7fffff);
  message.block->cumulativeLost = -100'000'000;
  CHECK_EQUAL(parse(write(message))->blocks[0].cumulativeLost, -0x800000);
}

TEST("descriptions and unknown types are skipped, BYE is seen") {
  const Bytes unknown = {0x80, 207, 0, 1, 9, 9, 9, 9};
  const auto read = parse(kEmptyReport + kDescription + unknown + kBye);
  CHECK(read && read->ssrc == 7 && read->bye && read->blockCount == 0);
}

TEST("a compound packet must begin with a report") {
  CHECK(!parse(kDescription));
  CHECK(!parse(kBye + kEmptyReport));
  CHECK(!parse({}));
}

TEST("a length that runs past the end, or that its blocks do not fit in, is refused") {
  Bytes tooLong = kEmptyReport;
  tooLong[3] = 2;
  CHECK(!parse(tooLong));
  Bytes claimsBlock = kEmptyReport;
  claimsBlock[0] = 0x81;
  CHECK(!parse(claimsBlock));
  Bytes claimsSender = kEmptyReport;
  claimsSender[1] = 200;
  CHECK(!parse(claimsSender));
  CHECK(!parse({0x80, 201, 0, 0}));
  const Bytes whole = write(fullMessage());
  // Every cut but the one between its two packets leaves a broken compound.
  for (size_t size = 0; size < whole.size(); ++size) {
    CHECK_EQUAL(parseRtcp({whole.data(), size}).has_value(), size == 8 + 20 + 24);
  }
}

TEST("a wrong version anywhere is refused") {
  Bytes wrong = kEmptyReport + kDescription;
  wrong[8] = 0x41;
  CHECK(!parse(wrong));
}

TEST("padding is allowed in the last packet only, and only when it fits") {
  const Bytes padded = {0xa0, 201, 0, 2, 0, 0, 0, 7, 0, 0, 0, 4};
  CHECK(parse(padded).has_value());
  CHECK(!parse(padded + kDescription));
  for (const uint8_t wrong : std::initializer_list<uint8_t>{0, 3, 12, 16, 255}) {
    Bytes bytes = padded;
    bytes.back() = wrong;
    CHECK(!parse(bytes));
  }
}

TEST("31 blocks are read without overrun, and no more than are kept") {
  Bytes bytes = {0x9f, 201, 0, static_cast<uint8_t>(1 + 31 * 6), 0, 0, 0, 7};
  bytes.resize(8 + 31 * 24, 1);
  const auto read = parse(bytes);
  CHECK(read && read->blockCount == kMaxReportBlocks);
}

TEST("NTP time counts from 1900 and keeps the fraction") {
  const uint64_t ntp = ntpFromUnix(1'700'000'000 * kSecond + 500 * kMillisecond);
  CHECK_EQUAL(ntp >> 32, uint64_t{1'700'000'000} + 2'208'988'800u);
  CHECK_EQUAL(ntp & 0xffffffff, uint64_t{0x80000000});
  CHECK_EQUAL(ntpMiddle(0x1111222233334444u), 0x22223333u);
  CHECK_EQUAL(ntpShort(1500 * kMillisecond), 98304u);
  CHECK_EQUAL(ntpShort(-1), 0u);
}

TEST("the round trip is what is left after the far end's own delay, across the wrap too") {
  ReportBlock block;
  block.delaySinceLastSenderReport = ntpShort(5 * kSecond);
  for (const uint32_t sent : {0x10000000u, 0xfffff000u}) {
    block.lastSenderReport = sent;
    const uint32_t arrival = sent + ntpShort(5 * kSecond + 120 * kMillisecond);
    const auto time = roundTrip(arrival, block);
    CHECK(time.has_value());
    CHECK_NEAR(static_cast<double>(time.value_or(0)) / kMillisecond, 120, 0.1);
  }
}

TEST("RFC 3550's own example of a round trip comes out") {
  ReportBlock block;
  block.lastSenderReport = 0xb7052000;
  block.delaySinceLastSenderReport = 0x00054000;
  CHECK_NEAR(static_cast<double>(roundTrip(0xb7108000, block).value_or(0)) / kSecond, 6.125, 0.001);
}

TEST("a round trip that cannot be true is not reported") {
  ReportBlock block;
  CHECK(!roundTrip(1000, block));
  block.lastSenderReport = 1000;
  block.delaySinceLastSenderReport = 50;
  CHECK(!roundTrip(1010, block));
  CHECK(!roundTrip(1000 + (61u << 16), block));
}

}  // namespace

int main() { return check::run(); }
