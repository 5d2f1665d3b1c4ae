#include <cstdio>
#include <fstream>
#include <iterator>

#include "engine/failure.h"
#include "offline/replay.h"
#include "rtp/bytes.h"
#include "tests/engine-rig.h"

using namespace interconnect;
using namespace interconnect::rig;

namespace {

using Bytes = std::vector<uint8_t>;

Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

Bytes big16(uint16_t v) { return {static_cast<uint8_t>(v >> 8), static_cast<uint8_t>(v)}; }

Bytes udp(uint16_t from, uint16_t to, const Bytes& payload) {
  return big16(from) + big16(to) + big16(static_cast<uint16_t>(8 + payload.size())) + big16(0) + payload;
}

Bytes ipv4(const Bytes& payload, uint8_t protocol = 17, uint16_t fragment = 0) {
  return Bytes{0x45, 0} + big16(static_cast<uint16_t>(20 + payload.size())) + big16(1) + big16(fragment) +
         Bytes{64, protocol, 0, 0, 198, 51, 100, 1, 192, 0, 2, 1} + payload;
}

Bytes ipv6(const Bytes& payload) {
  Bytes hosts(32);
  hosts[15] = 1;
  hosts[31] = 2;
  return Bytes{0x60, 0, 0, 0} + big16(static_cast<uint16_t>(payload.size())) + Bytes{17, 64} + hosts + payload;
}

struct Frame {
  Nanos time;
  Bytes bytes;
};

Bytes pcap(uint32_t linkType, const std::vector<Frame>& frames, bool bigEndian = false, bool nanoseconds = false) {
  const auto word = [&](uint32_t v) {
    Bytes b(4);
    write32(b.data(), v);
    if (!bigEndian) b = {b[3], b[2], b[1], b[0]};
    return b;
  };
  Bytes file = word(nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4) + Bytes(16) + word(linkType);
  for (const Frame& frame : frames) {
    const auto size = static_cast<uint32_t>(frame.bytes.size());
    const Nanos fraction = frame.time % kSecond / (nanoseconds ? 1 : kMicrosecond);
    file = file + word(static_cast<uint32_t>(1'000'000 + frame.time / kSecond)) + word(static_cast<uint32_t>(fraction)) +
           word(size) + word(size) + frame.bytes;
  }
  return file;
}

std::vector<CapturedDatagram> datagramsOf(const Bytes& file) {
  const auto read = readPcap({file.data(), file.size()});
  const auto* datagrams = std::get_if<std::vector<CapturedDatagram>>(&read);
  CHECK(datagrams != nullptr);
  return datagrams != nullptr ? *datagrams : std::vector<CapturedDatagram>{};
}

/** What a phone at 198.51.100.1:20000 sends for a while to 192.0.2.1:10000. */
Bytes capturedTone(Nanos duration) {
  Phone phone(Rig::phoneAddress(0), Rig::boxAddress(0));
  phone.toneHz = 440;
  std::vector<Frame> frames;
  for (Nanos t = 0; t < duration; t += 20 * kMillisecond) frames.push_back({t, Bytes(12) + Bytes{8, 0} + ipv4(udp(20000, 10000, phone.nextPacket()))});
  return pcap(1, frames);
}

std::string script() {
  return "{\"atMs\":0,\"command\":{\"id\":1,\"method\":\"leg.open\",\"params\":" + Rig::openParams(0, kEcho) + "}}\n\n" +
         R"({"atMs":2000,"command":{"id":2,"method":"leg.update","params":{"leg":"leg0","direction":"recvonly"}}})" + "\n" +
         R"({"atMs":3000,"command":{"id":3,"method":"leg.update","params":{"leg":"leg0","direction":"sendrecv"}}})" + "\n";
}

struct Result {
  std::string lines;
  Bytes wav;
};

Result replay(const Bytes& capture, uint64_t seed) {
  char folder[] = "/tmp/interconnect-offline-XXXXXX";
  CHECK(mkdtemp(folder) != nullptr);
  Result result;
  {
    Replay run({datagramsOf(capture), readScript(script()), seed, folder}, [&](const std::string& line) { result.lines += line + "\n"; });
    run.run();
  }
  const std::string path = std::string(folder) + "/leg0.wav";
  std::ifstream file(path, std::ios::binary);
  result.wav = Bytes(std::istreambuf_iterator<char>(file), {});
  std::remove(path.c_str());
  std::remove(folder);
  return result;
}

std::vector<int16_t> samplesOf(const Bytes& wav, size_t fromMs, size_t toMs) {
  std::vector<int16_t> pcm((toMs - fromMs) * 8);
  if (CHECK(wav.size() >= 44 + toMs * 16)) std::memcpy(pcm.data(), wav.data() + 44 + fromMs * 16, pcm.size() * 2);
  return pcm;
}

}  // namespace

TEST("every link type gives its datagrams") {
  const Bytes payload{1, 2, 3};
  const Bytes four = ipv4(udp(7, 8, payload));
  const Bytes six = ipv6(udp(7, 8, payload));
  const std::pair<uint32_t, Bytes> frames[] = {
      {1, Bytes(12) + Bytes{8, 0} + four},
      {1, Bytes(12) + Bytes{0x81, 0, 0, 5, 8, 0} + four},
      {1, Bytes(12) + Bytes{0x88, 0xa8, 0, 5, 0x81, 0, 0, 5, 0x86, 0xdd} + six},
      {113, Bytes(14) + Bytes{8, 0} + four},
      {276, Bytes{0x86, 0xdd} + Bytes(18) + six},
      {101, four},
      {228, four},
      {229, six},
      {0, Bytes{2, 0, 0, 0} + four},
      {108, Bytes{0, 0, 0, 24} + six},
  };
  for (const auto& [linkType, frame] : frames) {
    for (const bool bigEndian : {false, true}) {
      for (const bool nanoseconds : {false, true}) {
        const Bytes file = pcap(linkType, {{0, frame}, {1500 * kMicrosecond, frame}}, bigEndian, nanoseconds);
        const auto datagrams = datagramsOf(file);
        if (!CHECK_EQUAL(datagrams.size(), size_t{2})) continue;
        CHECK_EQUAL(datagrams[1].time, 1500 * kMicrosecond);
        CHECK_EQUAL(datagrams[1].from.port(), 7);
        CHECK_EQUAL(datagrams[1].to.port(), 8);
        CHECK_EQUAL(datagrams[1].payload.size, size_t{3});
      }
    }
  }
}

TEST("what is no whole UDP datagram is left out, and what is no capture is refused") {
  const Bytes good = ipv4(udp(7, 8, {1}));
  Bytes longUdp = good;
  longUdp[25] = 200;
  const Bytes file = pcap(101, {{0, ipv4(udp(7, 8, {1}), 6)}, {0, ipv4(udp(7, 8, {1}), 17, 0x2000)}, {0, longUdp}, {0, {}}, {0, {0x45}}, {0, good}});
  CHECK_EQUAL(datagramsOf(file).size(), size_t{1});
  CHECK_EQUAL(datagramsOf(Bytes(file.begin(), file.end() - 5)).size(), size_t{0});
  for (const Bytes& bad : {Bytes{}, Bytes(24), pcap(147, {})}) {
    CHECK(std::holds_alternative<std::string>(readPcap({bad.data(), bad.size()})));
  }
}

TEST("a capture and a script give what the leg sends as audio, in its time") {
  const Result result = replay(capturedTone(5 * kSecond), 1);
  CHECK(amplitude(samplesOf(result.wav, 500, 1900), 440) > 10000);
  for (const int16_t sample : samplesOf(result.wav, 2100, 2900)) CHECK(sample == 0);
  CHECK(amplitude(samplesOf(result.wav, 3100, 4900), 440) > 10000);
  CHECK(result.lines.find(R"("event":"leg.rtp-started")") != std::string::npos);
  CHECK(result.lines.find(R"({"atMs":2000,"message":{"id":2,"result":{}}})") != std::string::npos);
  CHECK(result.lines.find(R"("packets":250,)") != std::string::npos);
}

TEST("the same input gives the same output, another seed other numbers") {
  const Bytes capture = capturedTone(3500 * kMillisecond);
  const Result first = replay(capture, 5);
  const Result second = replay(capture, 5);
  CHECK(first.lines == second.lines);
  CHECK(first.wav == second.wav);
  CHECK(replay(capture, 6).lines != first.lines);
}

TEST("a script line that cannot be used is named") {
  for (const char* bad : {"nonsense", R"({"command":{}})", R"({"atMs":-1,"command":{}})", R"({"atMs":1})", R"({"atMs":1,"command":7})"}) {
    std::string why;
    try {
      readScript(std::string("{\"atMs\":0,\"command\":{}}\n") + bad);
    } catch (const Failure& failure) {
      why = failure.what();
    }
    CHECK(why.rfind("line 2: ", 0) == 0);
  }
}

int main() { return check::run(); }
