#include <array>
#include <cstring>

#include "fuzz/invariant.h"
#include "rtp/header-extension.h"
#include "rtp/packet.h"

using namespace interconnect;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  isRtcp({data, size});
  const auto packet = parseRtp({data, size});
  for (const uint8_t id : std::array<uint8_t, 4>{1, 4, 14, 200}) {
    const auto extension = headerExtension({data, size}, id);
    if (extension) INVARIANT(extension->data >= data + kRtpHeaderBytes + 4 && extension->data + extension->size <= data + size);
  }
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
