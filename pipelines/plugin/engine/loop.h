#pragma once
#include <atomic>
#include <string>
#include <thread>

#include "dtls/dtls-context.h"
#include "engine/command-pipe.h"
#include "engine/command-queue.h"
#include "engine/engine.h"

namespace interconnect {

/**
 * The engine in real time: one thread that sleeps until a command comes or a mix is due. The thread alone touches the
 * engine, its sockets and its codecs, so nothing on the media path is locked. Without legs it does not wake.
 */
class Loop {
 public:
  /** `output` is called in the loop's thread (for lines refused by a full queue: in the caller's). */
  explicit Loop(LineOutput output);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /** Whose certificate secured legs have. Before start(). @throws std::runtime_error OpenSSL refuses */
  void setIdentity(DtlsIdentity identity) { dtls_ = std::make_unique<DtlsContext>(std::move(identity)); }
  /** Of that certificate; "" without one. */
  std::string fingerprint() const { return dtls_ ? dtls_->identity().fingerprint().value() : ""; }
  /** The folder in which recordings are made; counts from the next start(). */
  void setRecordingDirectory(std::string directory) { recordingDirectory_ = std::move(directory); }
  /** False when the machine has no descriptor or thread to spare. */
  bool start();
  /** Closes all legs and waits for the thread. Idempotent. */
  void stop();
  /** From any thread; carried out in the order of arrival, also what was put before start(). */
  void command(std::string line);
  /** Where the host process may write commands instead, a line each; -1 when there is none. */
  int commandDescriptor() const { return pipe_.writer(); }

 private:
  void turn();

  const LineOutput output_;
  std::unique_ptr<const DtlsContext> dtls_;
  std::string recordingDirectory_;
  CommandQueue queue_;
  CommandPipe pipe_;
  std::thread thread_;
  std::atomic<bool> stopping_{false};
};

}  // namespace interconnect
