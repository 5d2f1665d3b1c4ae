// What a G.711 leg costs the loop, over real loopback sockets. The far ends are the load generator in another process:
//
//     bench-mix --legs 100 --session 10 --seconds 10 &
//     rtpload --legs 100 --room-size 10 --latch --duration 8
//
// With --relay 1 the legs of a session of two are sent on undecoded; with --srtp 80, 32 or 128 (GCM) they are secured, by
// one key of zero bits everywhere.
//
// Prints one JSON object; ms are CPU milliseconds of the loop's thread per leg and second.
#include <gst/gst.h>
#include <sys/resource.h>
#include <unistd.h>

#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <mutex>
#include <string>
#include <utility>

#include "engine/loop.h"

namespace {

using interconnect::Loop;

constexpr int kFirstLocalPort = 10000;
constexpr int kFirstRemotePort = 40000;

struct Options {
  int legs = 100;
  int session = 2;
  int seconds = 10;
  int warmUpSeconds = 4;
  /** Legs hear each other in pairs, undecoded. */
  bool relay = false;
  /** 0: RTP; 80, 32 or 128: SRTP by that suite. */
  int srtp = 0;
};

/** Waits for answers, one at a time. */
class Answers {
 public:
  void put(std::string line) {
    if (line.rfind("{\"id\":", 0) != 0) return;
    const std::lock_guard lock(mutex_);
    line_ = std::move(line);
    changed_.notify_one();
  }
  std::string take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !line_.empty(); });
    return std::exchange(line_, {});
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string line_;
};

double field(const std::string& json, const std::string& key) {
  const size_t at = json.find("\"" + key + "\":");
  return at == std::string::npos ? 0 : std::strtod(json.c_str() + at + key.size() + 3, nullptr);
}

long residentKb() {
  std::ifstream file("/proc/self/statm");
  long pages = 0;
  file >> pages >> pages;
  return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

std::string number(int n) { return std::to_string(n); }

std::string hears(int i, const Options& options) {
  if (!options.relay) return R"({"kind":"session","session":"s)" + number(i / options.session) + "\"}";
  // The other leg must be there: the first of a pair is told when the second has come.
  if (i % 2 == 0) return R"({"kind":"silence"})";
  return R"({"kind":"leg","leg":"l)" + number(i - 1) + "\"}";
}

std::string security(const Options& options) {
  if (options.srtp == 0) return "";
  const bool gcm = options.srtp == 128;
  const std::string suite = gcm ? "AEAD_AES_128_GCM" : "AES_CM_128_HMAC_SHA1_" + number(options.srtp);
  const std::string key = R"({"suite":")" + suite + R"(","key":")" + std::string(gcm ? 38 : 40, 'A') + "\"}";
  return R"(,"security":{"send":)" + key + R"(,"receive":)" + key + "}";
}

std::string openLeg(int i, const Options& options) {
  const std::string codec = R"({"name":"PCMU","payloadType":0,"clockRate":8000,"sampleRate":8000,"implementation":"pcmu"})";
  const int local = kFirstLocalPort + 2 * i;
  const int remote = kFirstRemotePort + 2 * i;
  return R"({"id":1,"method":"leg.open","params":{"leg":"l)" + number(i) + R"(","local":{"host":"127.0.0.1","rtpPort":)" +
         number(local) + R"(,"rtcpPort":)" + number(local + 1) + R"(},"remote":{"rtp":{"host":"127.0.0.1","port":)" +
         number(remote) + R"(},"rtcp":{"host":"127.0.0.1","port":)" + number(remote + 1) +
         R"(},"policy":"signalled"},"receive":[)" + codec + R"(],"send":)" + codec +
         R"(,"hears":)" + hears(i, options) + security(options) + "}}";
}

Options parse(int count, char** values) {
  Options options;
  for (int i = 1; i + 1 < count; i += 2) {
    const int value = std::atoi(values[i + 1]);
    if (std::strcmp(values[i], "--legs") == 0) options.legs = value;
    else if (std::strcmp(values[i], "--session") == 0) options.session = value;
    else if (std::strcmp(values[i], "--seconds") == 0) options.seconds = value;
    else if (std::strcmp(values[i], "--warm-up") == 0) options.warmUpSeconds = value;
    else if (std::strcmp(values[i], "--relay") == 0) options.relay = value != 0;
    else if (std::strcmp(values[i], "--srtp") == 0) options.srtp = value;
  }
  return options;
}

}  // namespace

int main(int count, char** values) {
  const Options options = parse(count, values);
  const rlimit descriptors{8192, 8192};
  setrlimit(RLIMIT_NOFILE, &descriptors);
  gst_init(nullptr, nullptr);

  Answers answers;
  Loop loop([&](std::string line) { answers.put(std::move(line)); });
  if (!loop.start()) return 1;
  const auto ask = [&](std::string line) {
    loop.command(std::move(line));
    return answers.take();
  };
  const std::string ping = R"({"id":2,"method":"ping","params":{}})";
  ask(ping);
  const long before = residentKb();
  for (int i = 0; i < options.legs; i++) {
    const std::string answer = ask(openLeg(i, options));
    if (answer.find("\"result\"") == std::string::npos) {
      std::fprintf(stderr, "%s\n", answer.c_str());
      return 1;
    }
    if (options.relay && i % 2 == 1) {
      ask(R"({"id":1,"method":"leg.update","params":{"leg":"l)" + number(i - 1) + R"(","hears":{"kind":"leg","leg":"l)" + number(i) +
          R"("}}})");
    }
  }
  sleep(static_cast<unsigned>(options.warmUpSeconds));
  ask(ping);
  sleep(static_cast<unsigned>(options.seconds));
  const std::string load = ask(ping);
  const std::string leg = ask(R"({"id":3,"method":"leg.stats","params":{"leg":"l0"}})");
  std::printf("{\"legs\":%d,\"session\":%d,\"msPerLegSecond\":%.3f,\"kbPerLeg\":%.1f,\"tickLateUsP99\":%.0f,\"tickLateUsMax\":%.0f,"
              "\"skippedTicks\":%.0f,\"leg0\":%s}\n",
              options.legs, options.session, field(load, "busyRatio") * 1000 / options.legs,
              static_cast<double>(residentKb() - before) / options.legs, field(load, "tickLateUsP99"),
              field(load, "tickLateUsMax"), field(load, "skippedTicks"), leg.c_str());
  return 0;
}
