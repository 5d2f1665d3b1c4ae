#pragma once
#include <memory>
#include <string_view>

#include "engine/event-writer.h"
#include "engine/lateness.h"
#include "engine/legs.h"
#include "engine/players.h"
#include "recording/recordings.h"

namespace interconnect {

/**
 * The media engine: commands in, answers and events out, and a tick every so often. It has no thread and no clock of
 * its own, so it runs in real time (loop.h) and, with a simulated network, as fast as it goes.
 *
 *     engine.command(line); …; engine.run() whenever the clock has reached engine.next()
 */
class Engine {
 public:
  /**
   * @param dtls whose certificate legs have; nullptr: there is no DTLS
   * @param pace for tests and the offline mode, in which time does not pass by itself
   * @param recordingRoot the one folder in which recordings are made; empty: none are
   */
  Engine(const Clock& clock, Network& network, RandomSource random, LineOutput output, const DtlsContext* dtls = nullptr,
         FilePace pace = FilePace::RealTime, std::string recordingRoot = "");
  ~Engine();

  /** One line of protocol.ts; it is answered in any case, before this returns. */
  void command(std::string_view line);
  /** Does what is due. */
  void run();
  /** When something is due next; nothing while there are neither legs nor recordings. */
  std::optional<Nanos> next() const;

 private:
  void carryOut(Request& request);
  void answer(int64_t id, const Ping&);
  void answer(int64_t id, const Dump&);
  void answer(int64_t id, const Reset&);
  void answer(int64_t id, const Stop&);
  void answer(int64_t id, const OpenLeg& command);
  void answer(int64_t id, const UpdateLeg& command);
  void answer(int64_t id, const AskStats& command);
  void answer(int64_t id, const AskQuality& command);
  void answer(int64_t id, const AskFlow& command);
  void answer(int64_t id, const CloseLeg& command);
  void answer(int64_t id, const SendDigits& command);
  void answer(int64_t id, const StartPlayer& command);
  void answer(int64_t id, const StopPlayer& command);
  void answer(int64_t id, const StartRecording& command);
  void answer(int64_t id, const StopRecording& command);
  void answer(int64_t id, const ChooseRecorded& command);
  template <class Content>
  void result(int64_t id, const Content& content);

  const Clock& clock_;
  const RandomSource random_;
  const LineOutput output_;
  EventWriter events_;
  Workspace workspace_;
  HandshakeBudget handshakes_;
  Schedule schedule_;
  Mixer mixer_;
  Players players_;
  Legs legs_;
  Recordings recordings_;
  OverloadGuard overload_;

  // Since the last ping.
  LatenessHistogram lateness_;
  Nanos pingAt_;
  Nanos pingCpu_;
};

/** The answer to a line that is refused. @param id nothing when the line had none that could be read */
std::string errorAnswer(std::optional<int64_t> id, const char* code, std::string_view message);

}  // namespace interconnect
