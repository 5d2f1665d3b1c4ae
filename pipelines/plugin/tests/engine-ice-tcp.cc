// The TCP side of the port that browsers share: who gets in, what is lost there, and what is not.
#include "tests/ice-box.h"

using namespace interconnect;
using namespace interconnect::rig;

namespace {

double heard(const Browser& browser, double hz) { return amplitude(browser.pcm, hz, kSettled); }
Address stranger(size_t i, uint8_t network = 1) {
  return *Address::parse("203.0." + std::to_string(network) + ".9", static_cast<uint16_t>(1000 + i));
}
std::vector<uint8_t> framed(const std::vector<uint8_t>& packet) { return frame({packet.data(), packet.size()}); }

/** A box that takes TCP at the port of UDP. */
struct TcpBox : IceBox {
  TcpBox() { tcp = R"("tcpPort":3480,)"; }
  Browser& connectedByTcp(const std::string& hears, double toneHz) {
    Browser& b = browser(hears, toneHz);
    b.connectByTcp();
    connect(b);
    return b;
  }
  double figure(const std::string& name) { return ask("ping", "{}").number("result." + name); }
  std::string state() const { return events("leg.ice").back().string("params.state"); }
};

}  // namespace

TEST("a browser on TCP and one on UDP hear each other, and nothing of it is a leg's business") {
  TcpBox box;
  Browser& a = box.connectedByTcp(session("s"), 440);
  Browser& b = box.connected(session("s"), 700);
  Browser& c = box.connectedByTcp(session("s"), 1000);
  box.runFor(3 * kSecond);
  for (const Browser* each : {&a, &b, &c}) {
    for (const double hz : {440.0, 700.0, 1000.0}) {
      if (each->toneHz == hz) CHECK(heard(*each, hz) < kNothing);
      else CHECK_NEAR(heard(*each, hz), kToneAmplitude, 0.1 * kToneAmplitude);
    }
    CHECK_EQUAL(each->unopened, size_t{0});
  }
  CHECK(a.framesByTcp > 140 && c.framesByTcp > 140 && b.framesByTcp == 0);
  CHECK_EQUAL(box.figure("iceStreams"), 2.0);
  CHECK_EQUAL(box.stats(2).number("result.received.from.port"), 50002.0);
}

TEST("both ports are bound with the first leg and given back with the last; without tcpPort there is no TCP") {
  TcpBox box;
  Browser& a = box.connectedByTcp(session("s"), 0);
  CHECK(box.network.openSockets() == 1 && box.network.openPorts() == 1);
  box.ask("leg.close", R"({"leg":"b0"})");
  CHECK(box.network.openSockets() == 0 && box.network.openPorts() == 0);
  CHECK(a.tcp->closed());
  CHECK_EQUAL(box.figure("iceStreams"), 0.0);
  IceBox without;
  without.browser(session("s"), 0);
  CHECK_EQUAL(without.network.openPorts(), size_t{0});
}

TEST("packets that come in pieces, a byte at a time, are heard as those that come whole") {
  TcpBox box;
  Browser& a = box.browser(session("s"), 440);
  const auto wire = box.network.connect(a.address, kPort);
  const auto check = framed(StunRequest::check("ufr0:them", kPassword));
  for (const uint8_t byte : check) wire->write({&byte, 1});
  box.runFor(50 * kMillisecond, false);
  CHECK_EQUAL(box.state(), std::string("connected"));
  // Two and a half of them, and the rest.
  std::vector<uint8_t> three;
  for (int i = 0; i < 3; i++) {
    const auto next = framed(StunRequest::check("ufr0:them", kPassword));
    three.insert(three.end(), next.begin(), next.end());
  }
  const size_t cut = three.size() - check.size() / 2;
  wire->received.clear();
  wire->write({three.data(), cut});
  const size_t answerBytes = wire->received.size() / 2;
  wire->write({three.data() + cut, three.size() - cut});
  CHECK_EQUAL(wire->received.size(), 3 * answerBytes);
  CHECK(!wire->closed());
}

TEST("a browser goes from UDP to TCP, and back, without a gap") {
  TcpBox box;
  Browser& a = box.connected(session("s"), 440);
  Browser& b = box.connected(session("s"), 700);
  box.runFor(kSecond);
  b.connectByTcp();
  b.check();
  box.runFor(kSecond);
  const size_t byTcp = b.framesByTcp;
  CHECK(byTcp >= 49);
  const auto wire = b.tcp;
  b.tcp.reset();
  b.check();
  box.runFor(kSecond);
  CHECK(wire->received.empty());
  CHECK_EQUAL(b.unopened, size_t{0});
  // Three seconds and what opens them, whichever way they came.
  CHECK(b.packets >= 149);
  CHECK_NEAR(heard(a, 700), kToneAmplitude, 0.1 * kToneAmplitude);
  CHECK_NEAR(heard(b, 440), kToneAmplitude, 0.1 * kToneAmplitude);
  CHECK_EQUAL(box.events("leg.secured").size(), size_t{2});
}

TEST("whose connection breaks has lost that path only, and may connect again") {
  TcpBox box;
  Browser& a = box.connectedByTcp(session("s"), 440);
  Browser& b = box.connectedByTcp(session("s"), 700);
  a.tcp->close();
  box.runFor(100 * kMillisecond, false);
  CHECK_EQUAL(box.state(), std::string("disconnected"));
  CHECK(a.tcp->closed());
  a.address = *Address::parse("198.51.100.8", 4000);
  a.connectByTcp();
  a.check();
  box.runFor(2 * kSecond);
  CHECK_EQUAL(box.state(), std::string("connected"));
  b.pcm.clear();
  box.runFor(2 * kSecond);
  CHECK_NEAR(heard(b, 440), kToneAmplitude, 0.1 * kToneAmplitude);
  CHECK_EQUAL(box.events("leg.secured").size(), size_t{2});
  CHECK_EQUAL(box.figure("iceStreams"), 2.0);
}

TEST("a connection in reserve that breaks is nobody's loss") {
  TcpBox box;
  Browser& a = box.connected(session("s"), 440);
  const auto wire = box.network.connect(stranger(1), kPort);
  const auto check = framed(StunRequest::check("ufr0:them", kPassword, false));
  wire->write({check.data(), check.size()});
  box.runFor(100 * kMillisecond);
  CHECK(!wire->received.empty());
  wire->close();
  box.runFor(kSecond);
  CHECK_EQUAL(box.events("leg.ice").size(), size_t{1});
  CHECK(a.packets >= 45);
}

TEST("whoever proves nothing is cut off at his first packet, unanswered") {
  TcpBox box;
  box.browser(session("s"), 0);
  const auto recorded = framed(StunRequest::check("ufr0:them", kPassword));
  const auto wire = box.network.connect(stranger(99), kPort);
  wire->write({recorded.data(), recorded.size()});
  CHECK(!wire->closed() && !wire->received.empty());
  const std::vector<std::vector<uint8_t>> refused = {
      framed(StunRequest::check("ufr0:them", "0123456789abcdefghijkX")), framed(StunRequest::check("ufr9:them", kPassword)), recorded,
      framed({22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0}), {0, 0}, {0xff, 0xff}, {6, 0},
      {'G', 'E', 'T', ' ', '/', ' ', 'H', 'T', 'T', 'P'}};
  for (size_t i = 0; i < refused.size(); i++) {
    const auto each = box.network.connect(stranger(i), kPort);
    each->write({refused[i].data(), refused[i].size()});
    box.runFor(30 * kMillisecond, false);
    if (!CHECK(each->closed() && each->received.empty())) std::printf("  %zu\n", i);
  }
  CHECK_EQUAL(box.figure("iceStreamsRefused"), static_cast<double>(refused.size()));
  CHECK_EQUAL(box.figure("iceStreams"), 1.0);
}

TEST("five seconds to the first check, thirty after the last one") {
  TcpBox box;
  box.browser(session("s"), 0);
  const auto silent = box.network.connect(stranger(1), kPort);
  const auto slow = box.network.connect(stranger(2), kPort);
  const auto check = framed(StunRequest::check("ufr0:them", kPassword));
  slow->write({check.data(), check.size() - 1});
  box.runFor(4900 * kMillisecond, false);
  CHECK(!silent->closed() && !slow->closed());
  slow->write({check.data() + check.size() - 1, 1});
  box.runFor(200 * kMillisecond, false);
  CHECK(silent->closed() && !slow->closed());
  box.runFor(29 * kSecond, false);
  CHECK(!slow->closed());
  box.runFor(kSecond, false);
  CHECK(slow->closed());
}

TEST("a proven one may send what is too long, empty or nonsense: it is left out, and its sound goes on") {
  TcpBox box;
  Browser& a = box.connectedByTcp(session("s"), 440);
  Browser& b = box.connected(session("s"), 0);
  std::vector<uint8_t> giant(2 + 65535, 0x80);
  giant[0] = giant[1] = 0xff;
  for (int i = 0; i < 100; i++) {
    if (i % 20 == 0) a.tcp->write({giant.data(), giant.size()});
    a.deliver({});
    a.deliver({0x80, 0, 1});
    a.deliver(std::vector<uint8_t>(1504, 0xff));
    box.runFor(20 * kMillisecond);
  }
  CHECK(!a.tcp->closed());
  CHECK_NEAR(heard(b, 440), kToneAmplitude, 0.1 * kToneAmplitude);
}

TEST("one that floods is read for its share only, and keeps nobody from being heard") {
  TcpBox box;
  Browser& a = box.connected(session("s"), 440);
  Browser& b = box.connected(session("s"), 700);
  Browser& c = box.connectedByTcp(session("s"), 0);
  const auto junk = framed(std::vector<uint8_t>(1400, 0x80));
  const auto strangersBefore = box.stats(2).number("result.received.unauthenticated");
  for (int ms = 0; ms < 2000; ms++) {
    for (int i = 0; i < 50; i++) c.tcp->write({junk.data(), junk.size()});
    box.runFor(kMillisecond);
  }
  CHECK_NEAR(heard(b, 440), kToneAmplitude, 0.1 * kToneAmplitude);
  CHECK_NEAR(heard(a, 700), kToneAmplitude, 0.1 * kToneAmplitude);
  // 64 KB of 20 ms, not the 70 KB of each millisecond.
  CHECK(box.stats(2).number("result.received.unauthenticated") - strangersBefore <= 2000.0 / 20 * 65536 / 1400 + 100);
}

TEST("a reader that is too slow loses whole packets, and never half of one") {
  TcpBox box;
  box.connected(session("s"), 440);
  Browser& b = box.connectedByTcp(session("s"), 0);
  box.runFor(kSecond);
  // One that came with the end of the handshake.
  const size_t unopened = b.unopened;
  const size_t before = b.packets;
  // As many bytes at a time as no packet is long.
  for (int i = 0; i < 200; i++) {
    b.tcp->room = 61;
    box.runFor(20 * kMillisecond);
  }
  CHECK(b.packets > before + 30 && b.packets < before + 100);
  b.tcp->room = std::numeric_limits<size_t>::max();
  box.runFor(kSecond);
  CHECK_EQUAL(b.unopened, unopened);
  CHECK_EQUAL(b.unreadByTcp(), size_t{0});
  // Nothing had piled up, and all that is sent now arrives.
  const size_t then = b.packets;
  b.pcm.clear();
  box.runFor(2 * kSecond);
  CHECK(b.packets >= then + 99 && b.packets <= then + 101);
  CHECK_NEAR(heard(b, 440), kToneAmplitude, 0.1 * kToneAmplitude);
}

TEST("who connects and says nothing keeps no browser out, however many they are, from one network or from many") {
  TcpBox box;
  Browser& a = box.connected(session("s"), 440);
  std::vector<std::shared_ptr<SimulatedConnection>> silent;
  const auto open = [&] { return std::count_if(silent.begin(), silent.end(), [](const auto& each) { return !each->closed(); }); };
  for (size_t i = 0; i < 200; i++) {
    silent.push_back(box.network.connect(stranger(i), kPort));
    box.runFor(2 * kMillisecond);
  }
  CHECK_EQUAL(open(), std::ptrdiff_t{64});
  for (size_t i = 0; i < 600; i++) {
    silent.push_back(box.network.connect(stranger(i, static_cast<uint8_t>(2 + i % 200)), kPort));
    box.runFor(2 * kMillisecond);
  }
  CHECK_EQUAL(open(), std::ptrdiff_t{256});
  Browser& b = box.connectedByTcp(session("s"), 700);
  a.pcm.clear();
  box.runFor(2 * kSecond);
  CHECK_NEAR(heard(a, 700), kToneAmplitude, 0.1 * kToneAmplitude);
  CHECK_NEAR(heard(b, 440), kToneAmplitude, 0.1 * kToneAmplitude);
  box.runFor(4 * kSecond);
  CHECK_EQUAL(open(), std::ptrdiff_t{0});
  CHECK_EQUAL(box.figure("iceStreams"), 1.0);
  CHECK_EQUAL(box.figure("iceStreamsRefused"), 800.0);
}

TEST("from one network 1024 may be connected, whatever they have proven") {
  TcpBox box;
  box.browser(session("s"), 0);
  std::vector<std::shared_ptr<SimulatedConnection>> wires;
  const auto open = [&] { return std::count_if(wires.begin(), wires.end(), [](const auto& each) { return !each->closed(); }); };
  // Conflicts of role prove the password, and take no path of the leg.
  for (size_t i = 0; i < 1100; i++) {
    wires.push_back(box.network.connect(stranger(i), kPort));
    const auto check = framed(StunRequest().username("ufr0:them").add(kStunIceControlled, std::vector<uint8_t>(8)).integrity(kPassword).fingerprint().bytes);
    wires.back()->write({check.data(), check.size()});
    if (i % 16 == 15) box.runFor(20 * kMillisecond, false);
  }
  box.runFor(100 * kMillisecond, false);
  CHECK_EQUAL(open(), std::ptrdiff_t{1024});
  CHECK_EQUAL(box.figure("iceStreamsRefused"), 76.0);
}

TEST("a ninth path of a leg takes the place of the oldest, whose connection is closed") {
  TcpBox box;
  box.browser(session("s"), 0);
  std::vector<std::shared_ptr<SimulatedConnection>> wires;
  for (size_t i = 0; i < 10; i++) {
    wires.push_back(box.network.connect(stranger(i), kPort));
    const auto check = framed(StunRequest::check("ufr0:them", kPassword, i == 0));
    wires.back()->write({check.data(), check.size()});
    box.runFor(30 * kMillisecond, false);
  }
  CHECK(!wires[0]->closed() && wires[1]->closed() && wires[2]->closed() && !wires[3]->closed());
  CHECK_EQUAL(box.figure("iceStreams"), 8.0);
}

int main() { return check::run(); }
