#pragma once
#include <stdexcept>
#include <string>

namespace interconnect {

/** Why a command was refused: a code of protocol.ts's `errorCodes` and a sentence. Thrown on the command path only. */
class Failure : public std::runtime_error {
 public:
  Failure(const char* code, const std::string& message) : std::runtime_error(message), code_(code) {}
  const char* code() const { return code_; }

 private:
  const char* code_;
};

/** `media.bad-request`. */
class BadRequest : public Failure {
 public:
  explicit BadRequest(const std::string& message) : Failure("media.bad-request", message) {}
};

}  // namespace interconnect
