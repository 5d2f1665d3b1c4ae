#include <algorithm>
#include <memory>
#include <set>
#include <vector>

#include "clock/manual-clock.h"
#include "fuzz/invariant.h"
#include "ice/ice-ports.h"
#include "ice/ice-socket.h"
#include "net/simulated-network.h"
#include "tests/stun-request.h"

using namespace interconnect;

namespace {

constexpr const char* kPassword = "0123456789abcdefghijkl";

/** Signs what claims to be a check, so that inputs come behind the lock. */
std::vector<uint8_t> signedAs(const std::vector<uint8_t>& datagram) {
  StunRequest request;
  request.bytes = datagram;
  if (request.bytes.size() < kStunHeaderBytes || request.bytes.size() % 4 != 0) return datagram;
  return request.integrity(kPassword).bytes;
}

}  // namespace

/** Each datagram: whether it is signed (bit 0) and from whom (bits 1–4), how long it is (two bytes), its bytes. */
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ManualClock clock;
  std::set<Address> proven;
  size_t sent = 0;
  SimulatedNetwork network(clock, [&](const Address&, const Address& to, Span datagram) {
    // Nobody is sent anything but an answer to a check of his own, and no answer is larger than a check may be.
    INVARIANT(isStun(datagram) && datagram.size <= 128 && parseStun(datagram).has_value());
    proven.insert(to);
    sent++;
  });
  const Address local = *Address::parse("192.0.2.1", 3480);
  IcePorts ports(clock, network);
  IceSocket one(ports.use({local}), {"one1", kPassword});
  IceSocket two(ports.use({local}), {"two2", "another password of 22"});
  size_t signedCount = 0;
  for (size_t at = 0; at + 3 <= size;) {
    const size_t length = std::min<size_t>((data[at + 1] & 0x0fu) << 8 | data[at + 2], size - at - 3);
    std::vector<uint8_t> datagram(data + at + 3, data + at + 3 + length);
    const Address from = *Address::parse("198.51.100.1", static_cast<uint16_t>(1000 + (data[at] >> 1 & 0x0f)));
    if ((data[at] & 1) != 0) {
      datagram = signedAs(datagram);
      signedCount++;
    }
    // A copy of just its size: a read behind its end is seen.
    network.deliver(from, local, {datagram.data(), datagram.size()});
    std::array<Datagram, Socket::kBatch> out;
    for (IceSocket* each : {&one, &two}) {
      const size_t n = each->receive(out.data());
      for (size_t i = 0; i < n; i++) INVARIANT(proven.count(from) == 1 && !isStun(out[i].bytes));
      (void)each->takeChange(clock.now());
      INVARIANT(each->agent().paths().size() <= IceAgent::kMaxPaths);
    }
    INVARIANT(!two.remote());
    clock.moveTo(clock.now() + 100 * kMillisecond);
    at += 3 + length;
  }
  INVARIANT(sent <= signedCount);
  return 0;
}
