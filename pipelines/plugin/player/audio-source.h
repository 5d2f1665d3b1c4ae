#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace interconnect {

/** Why a source gives no more: a code of protocol.ts's `errorCodes` and a sentence. */
struct SourceFailure {
  const char* code;
  std::string message;
};

/** Where a player's samples come from. The loop asks; no answer waits for anything. */
class AudioSource {
 public:
  virtual ~AudioSource() = default;
  /** Enough is there to begin and go on, or all that ever will be. */
  virtual bool ready() const = 0;
  /** Fewer than `n`: no more has come yet, or it has ended. @returns how many */
  virtual size_t read(int16_t* out, size_t n) = 0;
  /** How many samples are left; nothing while that is not known. */
  virtual std::optional<size_t> left() const = 0;
  /** Once left() is known: why it ended before it should have; null when all is well. */
  virtual const SourceFailure* failure() const = 0;
};

}  // namespace interconnect
