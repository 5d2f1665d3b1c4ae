#pragma once
#include <optional>
#include <string>

#include "clock/nanos.h"

namespace interconnect {

/** A file of a recording, as the protocol and the manifest tell of it. Times on the recording's clock. */
struct RecordedFile {
  /** In the recording's folder. */
  std::string path;
  /** Empty for what all say. */
  std::string leg;
  /** Of its first sample, since the recording began. */
  Nanos offset = 0;
  /** Nothing while it is written. */
  std::optional<Nanos> duration;
  uint64_t bytes = 0;
  /** Silence in the place of audio that the disk did not keep up with. */
  Nanos missed = 0;
};

/** Why a recording failed: a code of protocol.ts and a sentence. */
struct RecordingFailure {
  std::string code;
  std::string message;
};

}  // namespace interconnect
