#include "fuzz/invariant.h"
#include "rtp/rtcp.h"

using namespace interconnect;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto compound = parseRtcp({data, size});
  if (!compound) return 0;
  INVARIANT(compound->blockCount <= kMaxReportBlocks);

  RtcpMessage message;
  message.ssrc = compound->ssrc;
  message.sender = compound->sender;
  message.bye = compound->bye;
  message.cname = {reinterpret_cast<const char*>(data), size};
  if (compound->blockCount > 0) {
    message.block = compound->blocks[0];
    const auto time = roundTrip(ntpMiddle(compound->sender ? compound->sender->ntp : 0), *message.block);
    INVARIANT(!time || (*time >= 0 && *time <= 60 * kSecond));
  }
  uint8_t out[kMaxRtcpBytes];
  const size_t bytes = writeRtcp(out, sizeof out, message);
  INVARIANT(bytes > 0);
  const auto again = parseRtcp({out, bytes});
  INVARIANT(again && again->ssrc == message.ssrc && again->bye == message.bye);
  INVARIANT(again->sender.has_value() == message.sender.has_value());
  if (message.block) INVARIANT(again->blocks[0].cumulativeLost == message.block->cumulativeLost);
  return 0;
}
