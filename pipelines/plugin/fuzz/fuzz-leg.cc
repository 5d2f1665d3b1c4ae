#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "clock/manual-clock.h"
#include "engine/engine.h"
#include "fuzz/invariant.h"
#include "net/simulated-network.h"
#include "rtp/packet.h"
#include "srtp/srtp-receiver.h"
#include "srtp/srtp-sender.h"

using namespace interconnect;

namespace {

constexpr uint32_t kSsrc = 0x51;
const std::string kKey(40, 'k');

Address address(const char* host, int port) { return *Address::parse(host, static_cast<uint16_t>(port)); }

std::string open(int i, const std::string& more) {
  const auto port = [](int n) { return std::to_string(n); };
  const std::string codecs =
      R"({"name":"PCMU","payloadType":0,"clockRate":8000,"sampleRate":8000,"implementation":"pcmu"})";
  return R"({"id":1,"method":"leg.open","params":{"leg":"leg)" + port(i) + R"(","local":{"host":"192.0.2.1","rtpPort":)" +
         port(10000 + 2 * i) + R"(,"rtcpPort":)" + port(10001 + 2 * i) + R"(},"remote":{"rtp":{"host":"198.51.100.1","port":)" +
         port(20000 + 2 * i) + R"(},"rtcp":{"host":"198.51.100.1","port":)" + port(20001 + 2 * i) +
         R"(},"policy":"signalled"},"receive":[)" + codecs + R"(],"receiveTelephoneEvent":{"payloadType":101,"clockRate":8000},"send":)" +
         codecs + R"(,"sendTelephoneEvent":{"payloadType":96,"clockRate":8000})" + more + "}}";
}

/**
 * A bridge: leg0 is secured, leg1 plain, each is given what the other receives. What goes out must be well-formed, in one
 * stream, and (on the secured side) authentic. One box for all inputs, as in life.
 */
class Box {
 public:
  Box()
      : protector_(key()),
        opener_(key()),
        network_(clock_, [this](const Address& from, const Address&, Span d) { sent(from.port(), d); }),
        engine_(clock_, network_, seededRandom(1), [](const std::string&) {}) {
    const std::string inlineKey = R"({"suite":"AES_CM_128_HMAC_SHA1_80","key":")" + kKey + "\"}";
    engine_.command(open(0, R"(,"security":{"send":)" + inlineKey + R"(,"receive":)" + inlineKey + "}"));
    engine_.command(open(1, R"(,"hears":{"kind":"leg","leg":"leg0"})"));
    engine_.command(R"({"id":2,"method":"leg.update","params":{"leg":"leg0","hears":{"kind":"leg","leg":"leg1"}}})");
  }

  /** `how`: to which leg, to which port, and whether it is protected with the right key first. */
  void datagram(uint8_t how, Span bytes) {
    const int leg = how & 1;
    const int port = (how & 2) != 0 ? 1 : 0;
    std::vector<uint8_t> copy(bytes.data, bytes.data + bytes.size);
    if ((how & 4) != 0) protect(copy);
    network_.deliver(address("198.51.100.1", 20000 + 2 * leg + port), address("192.0.2.1", 10000 + 2 * leg + port),
                     {copy.data(), copy.size()});
    clock_.moveTo(clock_.now() + ((how & 8) != 0 ? 20 : 1) * kMillisecond);
    engine_.run();
  }

 private:
  static SrtpKey key() { return *SrtpKey::parse(SrtpSuite::AesCm128HmacSha1_80, kKey); }

  void protect(std::vector<uint8_t>& bytes) {
    const size_t size = bytes.size();
    if (size < kRtpHeaderBytes || size > 1400) return;
    const bool rtcp = isRtcp({bytes.data(), size});
    const uint8_t ssrc[4] = {0, 0, 0, kSsrc};
    std::memcpy(bytes.data() + (rtcp ? 4 : 8), ssrc, sizeof ssrc);
    bytes.resize(size + kSrtpTrailerBytes);
    const size_t length = rtcp ? protector_.protectRtcp(bytes.data(), size) : protector_.protectRtp(bytes.data(), size);
    bytes.resize(length);
  }

  void sent(uint16_t port, Span datagram) {
    std::array<uint8_t, 2048> room;
    if (port < 10002) {
      const auto opened = isRtcp(datagram) ? opener_.openRtcp(datagram, room.data(), room.size())
                                           : opener_.openRtp(datagram, room.data(), room.size());
      INVARIANT(opened.verdict == SrtpVerdict::Good);
      datagram = opened.plain;
    }
    if (isRtcp(datagram)) return;
    const auto packet = parseRtp(datagram);
    INVARIANT(packet && (packet->payloadType == 0 || packet->payloadType == 96));
  }

  ManualClock clock_;
  SrtpSender protector_;
  SrtpReceiver opener_;
  SimulatedNetwork network_;
  Engine engine_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto box = std::make_unique<Box>();
  // Each datagram: how it goes, how long it is, its bytes.
  for (size_t at = 0; at + 2 <= size;) {
    const uint8_t how = data[at];
    const size_t length = std::min<size_t>(data[at + 1], size - at - 2);
    box->datagram(how, {data + at + 2, length});
    at += 2 + length;
  }
  return 0;
}
