// The engine in real time, over real sockets on the loopback interface.
#include <arpa/inet.h>
#include <dirent.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>

#include "clock/system-clock.h"
#include "engine/loop.h"
#include "net/udp-network.h"
#include "tests/engine-rig.h"

using namespace interconnect;
using namespace interconnect::rig;

namespace {

/** The real loop, asked from outside; waits for answers and events, never for time. */
class Box {
 public:
  Box() : loop_([this](std::string line) { put(std::move(line)); }) { CHECK(loop_.start()); }

  Json ask(const std::string& method, const std::string& params) {
    const std::string id = std::to_string(++lastId_);
    loop_.command("{\"id\":" + id + ",\"method\":\"" + method + "\",\"params\":" + params + "}");
    return waitFor("{\"id\":" + id + ",");
  }
  Json waitFor(const std::string& beginning) {
    std::unique_lock lock(mutex_);
    std::string found;
    const bool came = changed_.wait_for(lock, std::chrono::seconds(10), [&] {
      for (auto line = lines_.begin(); line != lines_.end(); ++line) {
        if (line->rfind(beginning, 0) != 0) continue;
        found = *line;
        lines_.erase(line);
        return true;
      }
      return false;
    });
    CHECK(came);
    return Json(came ? found : "{}");
  }
  Loop& loop() { return loop_; }

 private:
  void put(std::string line) {
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
    changed_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
  int lastId_ = 0;
  Loop loop_;
};

/** A UDP socket of the far end. */
class FarEnd {
 public:
  explicit FarEnd(const std::string& host) : descriptor_(::socket(Address::parse(host, 0)->family(), SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    const Address any = *Address::parse(host, 0);
    CHECK_EQUAL(::bind(descriptor_, any.raw(), any.size()), 0);
    sockaddr_storage name{};
    socklen_t size = sizeof name;
    getsockname(descriptor_, reinterpret_cast<sockaddr*>(&name), &size);
    address_ = Address::from(name);
    const int on = 1;
    setsockopt(descriptor_, IPPROTO_IP, IP_RECVTOS, &on, sizeof on);
  }
  FarEnd(const FarEnd&) = delete;
  FarEnd& operator=(const FarEnd&) = delete;
  ~FarEnd() { ::close(descriptor_); }
  const Address& address() const { return address_; }
  void send(const Address& to, const std::vector<uint8_t>& bytes) const {
    sendto(descriptor_, bytes.data(), bytes.size(), 0, to.raw(), to.size());
  }
  /** The next datagram and its traffic class; empty after five seconds without one. */
  std::vector<uint8_t> receive() {
    pollfd poll{descriptor_, POLLIN, 0};
    if (::poll(&poll, 1, 5000) != 1) return {};
    std::vector<uint8_t> bytes(2048);
    std::array<uint8_t, 64> control{};
    iovec vector{bytes.data(), bytes.size()};
    msghdr header{};
    header.msg_iov = &vector;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    const ssize_t n = recvmsg(descriptor_, &header, 0);
    bytes.resize(n > 0 ? static_cast<size_t>(n) : 0);
    if (cmsghdr* c = CMSG_FIRSTHDR(&header)) trafficClass = *CMSG_DATA(c);
    return bytes;
  }
  uint8_t trafficClass = 0;

 private:
  const int descriptor_;
  Address address_;
};

/** Ports that nobody has at the moment: bound, looked at and let go. */
uint16_t freePort(const std::string& host) { return FarEnd(host).address().port(); }

std::string endpoint(const Address& address) {
  return R"({"host":")" + address.host() + R"(","port":)" + std::to_string(address.port()) + "}";
}

std::string open(const std::string& leg, const std::string& host, uint16_t rtp, uint16_t rtcp, const Address& remote) {
  return R"({"leg":")" + leg + R"(","local":{"host":")" + host + R"(","rtpPort":)" + std::to_string(rtp) + R"(,"rtcpPort":)" +
         std::to_string(rtcp) + R"(},"remote":{"rtp":)" + endpoint(remote) + R"(,"rtcp":)" + endpoint(remote) +
         R"(,"policy":"learn-once"},"receive":[)" + kPcmu + R"(],"send":)" + kPcmu + R"(,"hears":{"kind":"echo"}})";
}

size_t openDescriptors() {
  size_t count = 0;
  DIR* dir = opendir("/proc/self/fd");
  while (readdir(dir) != nullptr) count++;
  closedir(dir);
  return count;
}

void echoOver(const std::string& host) {
  Box box;
  FarEnd far(host);
  const uint16_t rtp = freePort(host);
  const uint16_t rtcp = freePort(host);
  CHECK(box.ask("leg.open", open("a", host, rtp, rtcp, far.address())).has("result.ssrc"));

  // Paced by the leg's own packets, one for one.
  Phone phone(far.address(), *Address::parse(host, rtp));
  phone.toneHz = 440;
  std::vector<std::vector<uint8_t>> came;
  for (int i = 0; i < 60; i++) {
    came.push_back(far.receive());
    if (!CHECK(!came.back().empty())) return;
    if (isRtcp({came.back().data(), came.back().size()})) continue;
    phone.take({came.back().data(), came.back().size()}, 0);
    far.send(phone.box, phone.nextPacket());
  }
  // On a busy machine both ends stall, and some of the tone is concealed; how well is shown with simulated time.
  CHECK(amplitude(phone.pcm, 440, 3200) > 2000);
  const Json started = box.waitFor("{\"event\":\"leg.rtp-started\"");
  CHECK_EQUAL(started.string("params.from.host"), host);
  const Json stats = box.ask("leg.close", R"({"leg":"a"})");
  CHECK(stats.number("result.received.packets") >= 57);
  CHECK_EQUAL(stats.number("result.sent.errors"), 0.0);
  // Packets that are sent right after ours came lie there for a little less than a tick: kernel time stamps show it.
  CHECK(stats.number("result.delayAddedMs.p50") > 2);
}

}  // namespace

TEST("an echo leg answers over IPv4") { echoOver("127.0.0.1"); }

TEST("an echo leg answers over IPv6") { echoOver("::1"); }

TEST("a relayed packet wakes the loop: it goes on within a few milliseconds, in both directions, and keeps nobody awake") {
  Box box;
  FarEnd ends[2] = {FarEnd("127.0.0.1"), FarEnd("127.0.0.1")};
  uint16_t ports[2];
  for (size_t i = 0; i < 2; i++) {
    ports[i] = freePort("127.0.0.1");
    std::string params = open(i == 0 ? "a" : "b", "127.0.0.1", ports[i], freePort("127.0.0.1"), ends[i].address());
    const std::string echo = kEcho;
    params.replace(params.find(echo), echo.size(), kSilence);
    CHECK(box.ask("leg.open", params).has("result"));
  }
  CHECK(box.ask("leg.update", R"({"leg":"a","hears":{"kind":"leg","leg":"b"}})").has("result"));
  CHECK(box.ask("leg.update", R"({"leg":"b","hears":{"kind":"leg","leg":"a"}})").has("result"));
  Phone phone(ends[0].address(), *Address::parse("127.0.0.1", ports[0]));
  Phone other(ends[1].address(), *Address::parse("127.0.0.1", ports[1]));
  // What was sent before the two heard each other has none of this payload.
  const auto relayed = [](FarEnd& end, uint8_t mark) {
    for (int tries = 0; tries < 20; tries++) {
      const auto got = end.receive();
      if (got.size() == kRtpHeaderBytes + 160 && got[kRtpHeaderBytes] == mark) return true;
    }
    return false;
  };
  for (uint8_t i = 1; i <= 50; i++) {
    auto there = phone.nextPacket();
    auto back = other.nextPacket();
    there[kRtpHeaderBytes] = back[kRtpHeaderBytes] = i;
    ends[0].send(phone.box, there);
    if (!CHECK(relayed(ends[1], i))) return;
    ends[1].send(other.box, back);
    if (!CHECK(relayed(ends[0], i))) return;
  }
  for (const char* leg : {"a", "b"}) {
    const Json stats = box.ask("leg.stats", std::string(R"({"leg":")") + leg + "\"}");
    CHECK_EQUAL(stats.number("result.received.packets"), 50.0);
    CHECK(stats.number("result.delayAddedMs.p50") < 2);
  }
  // Nothing comes any more: the loop sleeps between its ticks.
  box.ask("ping", "{}");
  FarEnd clock("127.0.0.1");
  CHECK(box.ask("leg.open", open("c", "127.0.0.1", freePort("127.0.0.1"), freePort("127.0.0.1"), clock.address())).has("result"));
  for (int i = 0; i < 15; i++) clock.receive();
  CHECK(box.ask("ping", "{}").number("result.busyRatio") < 0.5);
}

TEST("packets carry DSCP EF") {
  Box box;
  FarEnd far("127.0.0.1");
  CHECK(box.ask("leg.open", open("a", "127.0.0.1", freePort("127.0.0.1"), freePort("127.0.0.1"), far.address())).has("result"));
  CHECK(!far.receive().empty());
  CHECK_EQUAL(far.trafficClass >> 2, 46);
}

TEST("a port that somebody has is refused as in use, an address that is not ours as a bad request") {
  Box box;
  FarEnd taken("127.0.0.1");
  const uint16_t spare = freePort("127.0.0.1");
  const Json inUse = box.ask("leg.open", open("a", "127.0.0.1", taken.address().port(), spare, taken.address()));
  CHECK_EQUAL(inUse.string("error.code"), std::string("media.port-in-use"));
  const Json foreign = box.ask("leg.open", open("a", "192.0.2.1", spare, static_cast<uint16_t>(spare + 1), taken.address()));
  CHECK_EQUAL(foreign.string("error.code"), std::string("media.bad-request"));
  CHECK_EQUAL(box.ask("ping", "{}").number("result.legs"), 0.0);
}

TEST("a far end that is not there costs nothing but packets") {
  Box box;
  const Address nobody = *Address::parse("127.0.0.1", freePort("127.0.0.1"));
  CHECK(box.ask("leg.open", open("a", "127.0.0.1", freePort("127.0.0.1"), freePort("127.0.0.1"), nobody)).has("result"));
  // Commands are carried out while the leg sends; a second leg shows that time has passed.
  FarEnd far("127.0.0.1");
  CHECK(box.ask("leg.open", open("b", "127.0.0.1", freePort("127.0.0.1"), freePort("127.0.0.1"), far.address())).has("result"));
  for (int i = 0; i < 20; i++) far.receive();
  const Json stats = box.ask("leg.stats", R"({"leg":"a"})");
  CHECK(stats.number("result.sent.packets") + stats.number("result.sent.errors") >= 19);
}

TEST("two thousand legs opened and closed leave no descriptor behind") {
  size_t before = 0;
  {
    Box box;
    const Address nobody = *Address::parse("127.0.0.1", freePort("127.0.0.1"));
    box.ask("ping", "{}");
    before = openDescriptors();
    size_t opened = 0;
    for (int round = 0; round < 20; round++) {
      for (int i = 0; i < 100; i++) {
        const std::string leg = "leg" + std::to_string(i);
        // A port that was free may be taken the next moment by another process: that leg is not counted.
        opened += box.ask("leg.open", open(leg, "127.0.0.1", freePort("127.0.0.1"), freePort("127.0.0.1"), nobody)).has("result") ? 1 : 0;
      }
      box.ask("reset", "{}");
    }
    CHECK(opened >= 1900);
    CHECK_EQUAL(openDescriptors(), before);
  }
  CHECK(openDescriptors() < before);
}

TEST("starting, stopping and starting again gives a working engine each time") {
  Box box;
  for (int i = 0; i < 3; i++) {
    CHECK_EQUAL(box.ask("ping", "{}").number("result.legs"), 0.0);
    FarEnd far("127.0.0.1");
    CHECK(box.ask("leg.open", open("a", "127.0.0.1", freePort("127.0.0.1"), freePort("127.0.0.1"), far.address())).has("result"));
    box.loop().stop();
    box.loop().stop();
    CHECK(box.loop().start());
  }
}

TEST("commands from many threads are each answered, and a queue that is full says so") {
  Box box;
  box.loop().stop();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; t++) {
    threads.emplace_back([&box, t] {
      for (int i = 0; i < 3000; i++) {
        box.loop().command("{\"id\":" + std::to_string(1'000'000 + t * 10'000 + i) + ",\"method\":\"ping\",\"params\":{}}");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(box.loop().start());
  size_t refused = 0;
  for (int t = 0; t < 4; t++) {
    for (int i = 0; i < 3000; i++) {
      const Json answer = box.waitFor("{\"id\":" + std::to_string(1'000'000 + t * 10'000 + i) + ",");
      if (answer.string("error.code") == "media.overloaded") refused++;
      else CHECK(answer.has("result.legs"));
    }
  }
  CHECK_EQUAL(refused, size_t{2000});
}

int main() { return check::run(); }
