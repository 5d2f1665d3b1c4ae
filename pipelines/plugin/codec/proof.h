#pragma once
#include <optional>
#include <set>
#include <string>

#include "codec/codec-spec.h"

namespace interconnect {

/**
 * Tries codecs out before a leg relies on them: silence is encoded and decoded again, once per codec. A missing element
 * or a bad description is thus an answer to the command that brought it, and the first real packet meets warm code
 * (one first encode was seen to take 22 ms).
 */
class CodecProof {
 public:
  /** A sentence when the codec does not work. */
  std::optional<std::string> refusal(const CodecSpec& spec);

 private:
  /** Keys of codecs that worked; forgotten as a whole when there are unreasonably many. */
  std::set<std::string> proven_;
};

}  // namespace interconnect
