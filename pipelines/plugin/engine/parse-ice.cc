#include "engine/parse-ice.h"

#include <algorithm>

#include "engine/failure.h"

namespace interconnect {
namespace {

constexpr size_t kMaxHosts = 16;
constexpr size_t kMaxHost = 64;

/** ice-char of RFC 8839 §5.4. */
bool isIceText(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
  });
}

}  // namespace

IceCredentials parseIceCredentials(Fields fields) {
  IceCredentials own{fields.string("ufrag", 4, 32), fields.string("password", 22, 64)};
  for (const auto& [key, text] : {std::pair("ufrag", own.ufrag), std::pair("password", own.password)}) {
    if (!isIceText(text)) throw BadRequest(fields.name(key) + " must consist of letters, digits, + and /");
  }
  fields.refuseOthers();
  return own;
}

IceLocal parseIceLocal(Fields fields) {
  IceLocal local{{}, {}, parseIceCredentials(fields.object("credentials"))};
  const auto port = static_cast<uint16_t>(fields.integer("port", 1, 65535));
  if (fields.has("tcpPort")) local.tcpPort = static_cast<uint16_t>(fields.integer("tcpPort", 1, 65535));
  for (const std::string& host : fields.strings("hosts", 1, kMaxHosts, 1, kMaxHost)) {
    const auto address = Address::parse(host, port);
    if (!address) throw BadRequest(fields.name("hosts") + " must be IPv4 or IPv6 addresses");
    local.locals.push_back(*address);
  }
  fields.refuseOthers();
  return local;
}

}  // namespace interconnect
