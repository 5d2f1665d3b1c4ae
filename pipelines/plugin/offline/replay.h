#pragma once
#include <string>
#include <vector>

#include "clock/manual-clock.h"
#include "engine/engine.h"
#include "net/simulated-network.h"
#include "offline/pcap.h"
#include "offline/recorder.h"
#include "offline/script.h"

namespace interconnect {

/**
 * A run of the engine as fast as it goes: packets of a capture and commands of a script come in at their times, what
 * legs send is recorded. The same input gives the same output, to the bit.
 */
class Replay {
 public:
  struct Input {
    std::vector<CapturedDatagram> packets;
    std::vector<ScriptedCommand> commands;
    uint64_t seed = 1;
    /** Where WAV files go; empty: nowhere. */
    std::string folder;
  };
  /** `output` takes `{"atMs":…,"message":…}` for every answer and event. */
  Replay(Input input, LineOutput output);

  /** Runs to one second after the last packet or command, then closes the legs that are left, with their figures. */
  void run();

 private:
  Nanos elapsed() const { return clock_.now() - begin_; }
  void print(const std::string& message) const;
  void runUntil(Nanos time);
  void command(const std::string& line);

  const Input input_;
  const LineOutput output_;
  ManualClock clock_;
  const Nanos begin_;
  Recorder recorder_;
  SimulatedNetwork network_;
  Engine engine_;
};

}  // namespace interconnect
