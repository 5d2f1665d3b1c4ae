#pragma once
#include <string>
#include <vector>

#include "clock/nanos.h"

namespace interconnect {

/** One command of an offline run: what would have come over the worker's socket. */
struct ScriptedCommand {
  /** Since the first packet of the capture. */
  Nanos time;
  std::string line;
};

/**
 * Reads a script: one JSON object a line, `{"atMs": 1500, "command": { … }}`, in the order of time.
 * @throws Failure with the number of the line that cannot be used
 */
std::vector<ScriptedCommand> readScript(const std::string& text);

}  // namespace interconnect
