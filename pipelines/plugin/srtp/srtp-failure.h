#pragma once
#include <stdexcept>

namespace interconnect {

/** OpenSSL refused, which it does only without memory. */
class SrtpFailure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace interconnect
