#pragma once
#include <string>
#include <string_view>
#include <variant>

#include "dtmf/digit.h"
#include "engine/json-fields.h"
#include "engine/leg-settings.h"
#include "player/player-spec.h"
#include "recording/recording-folder.h"

namespace interconnect {

/** The longest line of the worker protocol, bytes. */
constexpr size_t kMaxLineBytes = 64 * 1024;

struct Ping {};
struct Dump {};
struct Reset {};
struct Stop {};
struct OpenLeg {
  std::string leg;
  LocalPorts local;
  /** Of a leg without ports of its own. */
  std::optional<IceLocal> ice;
  std::optional<FormerFarEnd> former;
  MediaChange media;
};
struct UpdateLeg {
  std::string leg;
  /** An ICE restart. */
  std::optional<IceCredentials> ice;
  MediaChange media;
};
struct AskStats {
  std::string leg;
};
/** Both go through the legs in the order of their names, a page at a time. */
struct AskQuality {
  std::string after;
  size_t limit;
};
struct AskFlow {
  std::string after;
  size_t limit;
};
struct CloseLeg {
  std::string leg;
};
struct SendDigits {
  std::string leg;
  std::string digits;
  unsigned digitMs;
  unsigned gapMs;
  DigitSource way;
};
struct ToLeg {
  std::string leg;
};
struct ToSession {
  std::string session;
};
/** Who is to hear it. */
using PlayTo = std::variant<ToLeg, ToSession>;
struct StartPlayer {
  PlayTo to;
  PlayerSpec spec;
};
struct StopPlayer {
  PlayTo to;
  std::string player;
  unsigned fadeOutMs;
};
struct StartRecording {
  std::string directory;
  RecordingTerms terms;
};
struct StopRecording {
  std::string recording;
};
struct ChooseRecorded {
  std::string recording;
  std::vector<std::string> legs;
};
/** Every command of protocol.ts but `hello`, which is the worker process's own. */
using Command = std::variant<Ping, Dump, Reset, Stop, OpenLeg, UpdateLeg, AskStats, AskQuality, AskFlow, CloseLeg, SendDigits,
                             StartPlayer, StopPlayer, StartRecording, StopRecording, ChooseRecorded>;

/** One line: an envelope that can be answered, and what it asks for. */
class Request {
 public:
  /** @throws BadRequest when there is no JSON or no usable id, so that nobody can be answered */
  explicit Request(std::string_view line);
  int64_t id() const { return id_; }
  /** @throws BadRequest unknown method, or parameters that do not fit protocol.ts */
  Command command();

 private:
  JsonDocument document_;
  Fields fields_;
  int64_t id_;
};

}  // namespace interconnect
