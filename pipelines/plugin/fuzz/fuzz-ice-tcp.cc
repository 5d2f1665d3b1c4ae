#include <array>
#include <map>
#include <memory>
#include <vector>

#include "clock/manual-clock.h"
#include "fuzz/invariant.h"
#include "ice/deframer.h"
#include "ice/ice-ports.h"
#include "ice/ice-socket.h"
#include "net/simulated-network.h"
#include "tests/stun-request.h"

using namespace interconnect;

namespace {

constexpr const char* kPassword = "0123456789abcdefghijkl";

/** However a stream is cut, the same packets come out, and none is longer than promised. */
void cutAnyhow(const uint8_t* data, size_t size) {
  std::vector<std::vector<uint8_t>> whole;
  std::vector<std::vector<uint8_t>> cut;
  const auto into = [](std::vector<std::vector<uint8_t>>& packets) {
    return [&packets](Span packet) {
      INVARIANT(packet.size <= Deframer::kMaxBytes);
      packets.emplace_back(packet.data, packet.data + packet.size);
      return true;
    };
  };
  Deframer one;
  one.put({data, size}, into(whole));
  Deframer other;
  for (size_t at = 0; at < size;) {
    const size_t part = std::min<size_t>(1 + data[at] % 7, size - at);
    // A copy of just its size: a read behind its end is seen.
    const std::vector<uint8_t> piece(data + at, data + at + part);
    other.put({piece.data(), piece.size()}, into(cut));
    at += part;
  }
  INVARIANT(whole == cut);
}

struct Wire {
  std::shared_ptr<SimulatedConnection> connection;
  std::vector<uint8_t> received;
  /** Whether it was sent something that may be answered. */
  bool checked = false;
};

/** All that the box has said so far are whole answers to checks, but for the last one, if there is no room for it. */
void read(Wire& wire) {
  auto& fresh = wire.connection->received;
  wire.received.insert(wire.received.end(), fresh.begin(), fresh.end());
  fresh.clear();
  auto& all = wire.received;
  while (all.size() >= 2) {
    const size_t length = size_t{all[0]} << 8 | all[1];
    INVARIANT(length <= 128);
    if (all.size() < 2 + length) return;
    INVARIANT(wire.checked && parseStun({all.data() + 2, length}).has_value());
    all.erase(all.begin(), all.begin() + 2 + static_cast<std::ptrdiff_t>(length));
  }
}

}  // namespace

/**
 * Each step: which of eight connections (bits 0–2, made when there is none), what (bits 3–5: bytes as they are, bytes with
 * their length before them, the same signed, a good check, closed, so much room, so much time), how many bytes (two), those bytes.
 */
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  cutAnyhow(data, size);
  ManualClock clock;
  clock.moveTo(kSecond);
  SimulatedNetwork network(clock, [](const Address&, const Address&, Span) { INVARIANT(false); });
  const Address local = *Address::parse("192.0.2.1", 3480);
  IcePorts ports(clock, network);
  auto leg = std::make_unique<IceSocket>(ports.use({local}, 3480), IceCredentials{"one1", kPassword});
  IceSocket other(ports.use({local}, 3480), {"two2", "another password of 22"});
  std::map<unsigned, Wire> wires;
  for (size_t at = 0; at + 3 <= size;) {
    const unsigned number = data[at] & 7u;
    const unsigned what = data[at] >> 3 & 7u;
    const size_t length = std::min<size_t>((data[at + 1] & 0x0fu) << 8 | data[at + 2], size - at - 3);
    std::vector<uint8_t> bytes(data + at + 3, data + at + 3 + length);
    at += 3 + length;
    Wire& wire = wires[number];
    if (!wire.connection || wire.connection->closed()) {
      wire = {};
      wire.connection = network.connect(*Address::parse("198.51.100.1", static_cast<uint16_t>(1000 + at % 5000)), local);
    }
    const auto write = [&](const std::vector<uint8_t>& packet) {
      std::vector<uint8_t> framed = {static_cast<uint8_t>(packet.size() >> 8), static_cast<uint8_t>(packet.size())};
      framed.insert(framed.end(), packet.begin(), packet.end());
      wire.connection->write({framed.data(), framed.size()});
    };
    if (what == 0) wire.connection->write({bytes.data(), bytes.size()});
    if (what == 1) write(bytes);
    if (what == 2 && bytes.size() >= kStunHeaderBytes && bytes.size() % 4 == 0) {
      wire.checked = true;
      StunRequest request;
      request.bytes = bytes;
      write(request.integrity(kPassword).bytes);
    }
    if (what == 3) {
      wire.checked = true;
      write(StunRequest::check("one1:them", kPassword, (length & 1) != 0));
    }
    if (what == 4) wire.connection->close();
    if (what == 5) wire.connection->room = length;
    if (what == 6) clock.moveTo(clock.now() + static_cast<Nanos>(length) * 10 * kMillisecond);
    leg->tick(clock.now());
    read(wire);
    std::array<Datagram, Socket::kBatch> out;
    while (leg->receive(out.data()) > 0) INVARIANT(!isStun(out[0].bytes) && out[0].bytes.size <= Deframer::kMaxBytes);
    INVARIANT(other.receive(out.data()) == 0 && !other.remote());
    INVARIANT(leg->agent().paths().size() <= IceAgent::kMaxPaths);
    INVARIANT(ports.counts().streams.open <= 64);
  }
  leg.reset();
  for (auto& [number, wire] : wires) read(wire);
  return 0;
}
