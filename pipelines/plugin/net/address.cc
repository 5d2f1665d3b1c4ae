#include "net/address.h"

#include <arpa/inet.h>

#include <cstring>

namespace interconnect {

static_assert(offsetof(sockaddr_in, sin_port) == offsetof(sockaddr_in6, sin6_port), "family and port share their places");

std::optional<Address> Address::parse(const std::string& host, uint16_t port) {
  Address address;
  if (inet_pton(AF_INET, host.c_str(), &address.storage_.v4.sin_addr) == 1) {
    address.storage_.v4.sin_family = AF_INET;
  } else if (inet_pton(AF_INET6, host.c_str(), &address.storage_.v6.sin6_addr) == 1) {
    address.storage_.v6.sin6_family = AF_INET6;
  } else {
    return std::nullopt;
  }
  address.storage_.v4.sin_port = htons(port);
  return address;
}

Address Address::from(const sockaddr_storage& raw) {
  Address address;
  if (raw.ss_family == AF_INET) {
    std::memcpy(&address.storage_.v4, &raw, sizeof address.storage_.v4);
  } else if (raw.ss_family == AF_INET6) {
    std::memcpy(&address.storage_.v6, &raw, sizeof address.storage_.v6);
  }
  return address;
}

std::string Address::host() const {
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(family() == AF_INET ? AF_INET : AF_INET6, hostBytes(), text, sizeof text);
  return text;
}

Address Address::withPort(uint16_t port) const {
  Address address = *this;
  address.storage_.v4.sin_port = htons(port);
  return address;
}

bool Address::sameHost(const Address& other) const {
  if (family() != other.family()) return false;
  if (family() == AF_INET) return storage_.v4.sin_addr.s_addr == other.storage_.v4.sin_addr.s_addr;
  return std::memcmp(&storage_.v6.sin6_addr, &other.storage_.v6.sin6_addr, sizeof storage_.v6.sin6_addr) == 0;
}

bool Address::isLoopback() const {
  if (family() == AF_INET) return (ntohl(storage_.v4.sin_addr.s_addr) >> 24) == IN_LOOPBACKNET;
  return IN6_IS_ADDR_LOOPBACK(&storage_.v6.sin6_addr);
}

bool Address::isUnicast() const {
  if (family() == AF_INET6) return !IN6_IS_ADDR_MULTICAST(&storage_.v6.sin6_addr) && !IN6_IS_ADDR_UNSPECIFIED(&storage_.v6.sin6_addr);
  const in_addr_t host = ntohl(storage_.v4.sin_addr.s_addr);
  return family() == AF_INET && host != INADDR_ANY && host != INADDR_BROADCAST && !IN_MULTICAST(host);
}

bool Address::operator<(const Address& other) const {
  if (family() != other.family()) return family() < other.family();
  const int hosts = family() == AF_INET
                        ? std::memcmp(&storage_.v4.sin_addr, &other.storage_.v4.sin_addr, sizeof storage_.v4.sin_addr)
                        : std::memcmp(&storage_.v6.sin6_addr, &other.storage_.v6.sin6_addr, sizeof storage_.v6.sin6_addr);
  return hosts != 0 ? hosts < 0 : port() < other.port();
}

}  // namespace interconnect
