#include <cstring>

#include "fuzz/invariant.h"
#include "rtp/packet.h"

using namespace interconnect;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  isRtcp({data, size});
  const auto packet = parseRtp({data, size});
  if (!packet) return 0;
  INVARIANT(packet->payload.data >= data + kRtpHeaderBytes);
  INVARIANT(packet->payload.data + packet->payload.size <= data + size);
  unsigned sum = 0;
  for (size_t i = 0; i < packet->payload.size; ++i) sum += packet->payload.data[i];
  INVARIANT(sum <= 255 * size);

  uint8_t header[kRtpHeaderBytes];
  INVARIANT(writeRtpHeader(header, *packet) == kRtpHeaderBytes);
  INVARIANT(std::memcmp(header + 1, data + 1, kRtpHeaderBytes - 1) == 0);
  return 0;
}
