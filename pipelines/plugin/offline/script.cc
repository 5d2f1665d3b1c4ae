#include "offline/script.h"

#include <json-glib/json-glib.h>

#include <memory>
#include <sstream>

#include "engine/failure.h"
#include "engine/json-fields.h"

namespace interconnect {
namespace {

constexpr double kMaxMs = 24 * 3600 * 1000.0;

ScriptedCommand readLine(const std::string& line) {
  const JsonDocument document(line);
  Fields fields(document.root(), "");
  const double atMs = fields.number("atMs", 0, kMaxMs);
  fields.object("command");
  fields.refuseOthers();
  JsonNode* command = json_object_get_member(json_node_get_object(document.root()), "command");
  const std::unique_ptr<char, decltype(&g_free)> text(json_to_string(command, FALSE), &g_free);
  return {static_cast<Nanos>(atMs * kMillisecond), text.get()};
}

}  // namespace

std::vector<ScriptedCommand> readScript(const std::string& text) {
  std::vector<ScriptedCommand> commands;
  std::istringstream lines(text);
  std::string line;
  for (int number = 1; std::getline(lines, line); number++) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    try {
      commands.push_back(readLine(line));
    } catch (const Failure& failure) {
      throw BadRequest("line " + std::to_string(number) + ": " + failure.what());
    }
    if (commands.size() > 1 && commands.back().time < commands[commands.size() - 2].time) {
      throw BadRequest("line " + std::to_string(number) + ": atMs goes back");
    }
  }
  return commands;
}

}  // namespace interconnect
