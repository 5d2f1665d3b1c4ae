// What a leg costs the loop in real time, over loopback sockets, in any codec:
//
//     bench-mix --legs 100 --session 10 --codec g722 --seconds 10
//
// The far ends are a second loop in this process, each saying a tone of its own in the same codec; its thread is not counted.
// With --far 0 they are the load generator (G.711, no SRTP):
//
//     bench-mix --legs 100 --session 10 --far 0 &  rtpload --legs 100 --room-size 10 --latch --duration 8
//
// bench-legs.h has the options: --relay 1, --srtp 80, --silent 50, --quiet 50, --muted 50, --packet-ms 10 …
//
// Prints one JSON object; ms are CPU milliseconds of the loop's thread per leg and second.
#include <gst/gst.h>
#include <sys/resource.h>
#include <unistd.h>

#include <condition_variable>
#include <cstdio>
#include <fstream>
#include <mutex>
#include <string>
#include <utility>

#include "bench/bench-legs.h"
#include "engine/loop.h"

namespace {

/** A loop that is asked one thing at a time. */
class AskedLoop {
 public:
  AskedLoop() : loop_([this](std::string line) { put(std::move(line)); }) {}
  bool start() { return loop_.start(); }
  std::string ask(std::string line) {
    loop_.command(std::move(line));
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !line_.empty(); });
    return std::exchange(line_, {});
  }
  /** False, with the reason on stderr, when it was refused. */
  bool tell(std::string line) {
    const std::string answer = ask(std::move(line));
    if (answer.find("\"result\"") != std::string::npos) return true;
    std::fprintf(stderr, "%s\n", answer.c_str());
    return false;
  }

 private:
  void put(std::string line) {
    if (line.rfind("{\"id\":", 0) != 0) return;
    const std::lock_guard lock(mutex_);
    line_ = std::move(line);
    changed_.notify_one();
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string line_;
  interconnect::Loop loop_;
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

}  // namespace

int main(int count, char** values) {
  bench::Options options;
  if (!bench::parse(count, values, options)) return 2;
  const rlimit descriptors{8192, 8192};
  setrlimit(RLIMIT_NOFILE, &descriptors);
  gst_init(nullptr, nullptr);

  AskedLoop box;
  AskedLoop far;
  if (!box.start() || !far.start()) return 1;
  const std::string ping = R"({"id":2,"method":"ping","params":{}})";
  box.ask(ping);
  const long before = residentKb();
  for (int i = 0; i < options.legs; i++) {
    if (!box.tell(bench::openBoxLeg(i, options))) return 1;
    if (options.relay && i % 2 == 1 && !box.tell(bench::relayBack(i))) return 1;
  }
  // By now the box's legs have sent and hold all that they ever will, but for what they receive.
  const long opened = residentKb();
  for (int i = 0; options.far && i < options.legs; i++) {
    if (!far.tell(bench::openFarLeg(i, options))) return 1;
  }
  sleep(static_cast<unsigned>(options.warmUpSeconds));
  box.ask(ping);
  sleep(static_cast<unsigned>(options.seconds));
  const std::string load = box.ask(ping);
  const std::string leg = box.ask(R"({"id":3,"method":"leg.stats","params":{"leg":"l0"}})");
  const long held = options.far ? opened : residentKb();
  std::printf("{\"legs\":%d,\"session\":%d,\"msPerLegSecond\":%.3f,\"kbPerLeg\":%.1f,\"tickLateUsP99\":%.0f,\"tickLateUsMax\":%.0f,"
              "\"skippedTicks\":%.0f,\"leg0\":%s}\n",
              options.legs, options.session, field(load, "busyRatio") * 1000 / options.legs,
              static_cast<double>(held - before) / options.legs, field(load, "tickLateUsP99"), field(load, "tickLateUsMax"),
              field(load, "skippedTicks"), leg.c_str());
  return 0;
}
