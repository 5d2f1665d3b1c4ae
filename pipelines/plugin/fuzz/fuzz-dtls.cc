#include <algorithm>
#include <memory>
#include <vector>

#include "clock/manual-clock.h"
#include "dtls/association.h"
#include "dtls/record.h"
#include "fuzz/invariant.h"

using namespace interconnect;

namespace {

/** The far end of both associations is whoever made the input; a certificate of his cannot be the one that is expected. */
class Nowhere final : public DatagramOutput {
 public:
  void send(Span datagram) override {
    INVARIANT(isDtls(datagram) && datagram.size <= static_cast<size_t>(kDtlsMtu));
    sent++;
  }
  size_t sent = 0;
};

const DtlsContext& context() {
  static const DtlsContext made(DtlsIdentity::make());
  return made;
}

}  // namespace

/** Each datagram: how long it is (two bytes; the high bit: 60 ms pass before it), its bytes. */
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ManualClock clock;
  Nowhere output;
  const std::vector<Fingerprint> expected = {context().identity().fingerprint()};
  DtlsAssociation server(context(), {DtlsRole::Server, expected, ""}, output, clock.now());
  DtlsAssociation client(context(), {DtlsRole::Client, expected, ""}, output, clock.now());
  client.start(clock.now());
  size_t datagrams = 1;
  for (size_t at = 0; at + 2 <= size; datagrams++) {
    const size_t length = std::min<size_t>((data[at] & 0x7fu) << 8 | data[at + 1], size - at - 2);
    if ((data[at] & 0x80) != 0) clock.moveTo(clock.now() + 60 * kMillisecond);
    // A copy of just its size: a read behind its end is seen.
    const std::vector<uint8_t> datagram(data + at + 2, data + at + 2 + length);
    for (DtlsAssociation* each : {&server, &client}) {
      each->received({datagram.data(), datagram.size()}, clock.now());
      each->tick(clock.now());
      INVARIANT(each->state() != DtlsAssociation::State::Secured && each->state() != DtlsAssociation::State::Closed);
    }
    at += 2 + length;
  }
  // Neither is an amplifier: a flight is five datagrams at most.
  INVARIANT(output.sent <= 12 * datagrams);
  return 0;
}
