#include "engine/loop.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>

#include <system_error>

#include "clock/system-clock.h"
#include "engine/failure.h"
#include "engine/wake-up.h"
#include "net/udp-network.h"

namespace interconnect {
namespace {

/**
 * Real-time priority, where the service may have it (systemd: LimitRTPRIO=1): audio of 20 ms cannot wait for a compiler to
 * finish its time slice. The kernel keeps 5 % of each second for the others whatever happens here.
 */
void raisePriority() {
  sched_param parameter{};
  parameter.sched_priority = 1;
  (void)pthread_setschedparam(pthread_self(), SCHED_RR | SCHED_RESET_ON_FORK, &parameter);
}

}  // namespace

Loop::Loop(LineOutput output) : output_(std::move(output)) {}

Loop::~Loop() { stop(); }

bool Loop::start() {
  if (thread_.joinable() || !queue_.usable() || !pipe_.usable()) return thread_.joinable();
  stopping_ = false;
  // Signals are the host process's business: its handlers must not run in the middle of a tick.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    thread_ = std::thread([this] { turn(); });
  } catch (const std::system_error&) {
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread_.joinable();
}

void Loop::stop() {
  if (!thread_.joinable()) return;
  stopping_ = true;
  queue_.put("");
  thread_.join();
  queue_.clear();
}

void Loop::command(std::string line) {
  if (queue_.put(line)) return;
  std::optional<int64_t> id;
  try {
    id = Request(line).id();
  } catch (const Failure&) {
    // Whoever sends a line without an id gets an answer without one.
  }
  output_(errorAnswer(id, "media.overloaded", "too many commands are waiting"));
}

void Loop::turn() {
  pthread_setname_np(pthread_self(), "interconnect");
  raisePriority();
  const SystemClock clock;
  UdpNetwork network(clock);
  WakeUp wakeUp({queue_.descriptor(), pipe_.reader()}, network.descriptor());
  Engine engine(clock, network, systemRandom(), output_, dtls_.get(), FilePace::RealTime, recordingDirectory_);
  while (!stopping_) {
    wakeUp.sleep(engine.next());
    if (wakeUp.spoke(network.descriptor())) network.poll();
    engine.run();
    while (auto line = stopping_ ? std::nullopt : queue_.take()) engine.command(*line);
    if (wakeUp.spoke(pipe_.reader())) pipe_.drain([&](const std::string& line) { engine.command(line); });
  }
}

}  // namespace interconnect
