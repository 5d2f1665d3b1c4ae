#pragma once
#include <string>
#include <string_view>

namespace interconnect {

/** Ours, of one leg (RFC 8445 §5.3). */
struct IceCredentials {
  std::string ufrag;
  std::string password;

  bool operator==(const IceCredentials& other) const { return ufrag == other.ufrag && password == other.password; }
  /** Whether a USERNAME ("ours:theirs", RFC 8445 §7.2.2) is for us. */
  bool named(std::string_view username) const {
    return username.size() > ufrag.size() && username[ufrag.size()] == ':' && username.substr(0, ufrag.size()) == ufrag;
  }
};

}  // namespace interconnect
