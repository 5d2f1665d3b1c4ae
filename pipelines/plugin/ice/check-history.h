#pragma once
#include <cstdint>
#include <vector>

#include "ice/ice-path.h"
#include "ice/stun-message.h"

namespace interconnect {

/**
 * Checks that one leg has believed. Their proof is good for as long as the password is (RFC 8489 §9.1 has no other
 * protection), so whoever recorded one could send it from elsewhere and have the media sent there.
 */
class CheckHistory {
 public:
  /** Three quarters of an hour of a browser's (RFC 7675: every 2.5 s or so), 16 KB; the one of longest ago is forgotten. */
  static constexpr size_t kMaxChecks = 1024;

  enum class Check {
    New,
    /** Sent again as its answer got lost (RFC 8489 §6.2.1), or by somebody else: it says nothing new. */
    Repeated,
    /** Seen on another path: recorded on its way. */
    Replayed,
  };
  Check take(const StunTransaction& transaction, const IcePath& path);
  /** Of a password that counts no longer. */
  void clear() { checks_.clear(); }

 private:
  struct Seen {
    StunTransaction transaction;
    uint32_t path;
  };
  static uint32_t digest(const IcePath& path);

  // A ring once it is full.
  std::vector<Seen> checks_;
  size_t oldest_ = 0;
};

}  // namespace interconnect
