#include "fuzz/invariant.h"
#include "offline/pcap.h"

using namespace interconnect;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  udpFromIp({data, size});
  const auto read = readPcap({data, size});
  const auto* datagrams = std::get_if<std::vector<CapturedDatagram>>(&read);
  if (datagrams == nullptr) return 0;
  Nanos last = 0;
  unsigned sum = 0;
  for (const CapturedDatagram& datagram : *datagrams) {
    INVARIANT(datagram.time >= last);
    INVARIANT(datagram.payload.data >= data && datagram.payload.data + datagram.payload.size <= data + size);
    last = datagram.time;
    for (size_t i = 0; i < datagram.payload.size; i++) sum += datagram.payload.data[i];
  }
  INVARIANT(sum <= 255 * size);
  return 0;
}
