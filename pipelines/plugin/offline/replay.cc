#include "offline/replay.h"


#include "engine/json-writer.h"

namespace interconnect {
namespace {

constexpr Nanos kTail = kSecond;
/** A capture whose time stamps lie further apart is damaged, not long. */
constexpr Nanos kMaxLength = 24 * 3600 * kSecond;

}  // namespace

Replay::Replay(Input input, LineOutput output)
    : input_(std::move(input)),
      output_(std::move(output)),
      begin_(clock_.now()),
      recorder_(input_.folder),
      network_(clock_, [this](const Address& from, const Address&, Span datagram) { recorder_.sent(from, datagram); }),
      engine_(clock_, network_, seededRandom(input_.seed), [this](const std::string& line) { print(line); }, nullptr,
              FilePace::DrivenTime) {}

void Replay::print(const std::string& message) const {
  JsonWriter atMs;
  atMs.value(static_cast<double>(elapsed()) / kMillisecond);
  output_("{\"atMs\":" + atMs.take() + ",\"message\":" + message + "}");
}

void Replay::runUntil(Nanos time) {
  for (auto due = engine_.next(); due && *due <= begin_ + time; due = engine_.next()) {
    clock_.moveTo(*due);
    engine_.run();
  }
  clock_.moveTo(begin_ + time);
}

void Replay::command(const std::string& line) {
  recorder_.command(line);
  engine_.command(line);
}

void Replay::run() {
  auto packet = input_.packets.begin();
  auto next = input_.commands.begin();
  Nanos last = 0;
  while (packet != input_.packets.end() || next != input_.commands.end()) {
    const bool packetFirst =
        packet != input_.packets.end() && (next == input_.commands.end() || packet->time < next->time);
    last = packetFirst ? packet->time : next->time;
    if (last > kMaxLength) break;
    runUntil(last);
    if (packetFirst) {
      network_.deliver(packet->from, packet->to, packet->payload);
      ++packet;
    } else {
      command(next->line);
      ++next;
    }
  }
  runUntil(last + kTail);
  command(R"({"id":0,"method":"dump","params":{}})");
  command(R"({"id":0,"method":"stop","params":{}})");
}

}  // namespace interconnect
