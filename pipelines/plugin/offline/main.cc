// interconnect-offline: the media engine on a capture and a script, as fast as it goes.
//
//     interconnect-offline --pcap FILE --script FILE [--wav FOLDER] [--seed N]
//
// The script has one command a line, {"atMs":0,"command":{"id":1,"method":"leg.open","params":{…}}}, with times since the
// capture's first packet. Legs get the packets that the capture shows on their way to `local`. What each leg sends is
// written to FOLDER/<leg>.wav; answers, events and a last dump are printed as JSON lines.
#include <gst/gst.h>

#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>

#include "engine/failure.h"
#include "offline/replay.h"

namespace {

using namespace interconnect;

struct Arguments {
  std::string pcap;
  std::string script;
  std::string wav;
  uint64_t seed = 1;
};

std::optional<Arguments> parse(int count, char** values) {
  Arguments arguments;
  for (int i = 1; i < count; i += 2) {
    const std::string name = values[i];
    if (i + 1 >= count) return std::nullopt;
    if (name == "--pcap") arguments.pcap = values[i + 1];
    else if (name == "--script") arguments.script = values[i + 1];
    else if (name == "--wav") arguments.wav = values[i + 1];
    else if (name == "--seed") arguments.seed = std::strtoull(values[i + 1], nullptr, 10);
    else return std::nullopt;
  }
  if (arguments.pcap.empty() || arguments.script.empty()) return std::nullopt;
  return arguments;
}

std::string readFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw BadRequest(path + " cannot be read");
  return std::string(std::istreambuf_iterator<char>(file), {});
}

void run(const Arguments& arguments) {
  const std::string capture = readFile(arguments.pcap);
  auto packets = readPcap({reinterpret_cast<const uint8_t*>(capture.data()), capture.size()});
  if (const auto* why = std::get_if<std::string>(&packets)) throw BadRequest(arguments.pcap + ": " + *why);
  Replay replay({std::get<std::vector<CapturedDatagram>>(std::move(packets)), readScript(readFile(arguments.script)),
                 arguments.seed, arguments.wav},
                [](const std::string& line) { std::puts(line.c_str()); });
  replay.run();
}

}  // namespace

int main(int count, char** values) {
  gst_init(nullptr, nullptr);
  const auto arguments = parse(count, values);
  if (!arguments) {
    std::fprintf(stderr, "usage: %s --pcap FILE --script FILE [--wav FOLDER] [--seed N]\n", values[0]);
    return 2;
  }
  try {
    run(*arguments);
  } catch (const Failure& failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    return 1;
  }
  return 0;
}
