#pragma once
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>

namespace interconnect {

/** An IPv4 or IPv6 address with a port, as the socket calls want it. */
class Address {
 public:
  Address() { storage_.v6 = {}; }

  /** From a numeric host ("192.0.2.1", "2001:db8::1"; never a name, no scope) and a port; nothing when it is not one. */
  static std::optional<Address> parse(const std::string& host, uint16_t port);
  /** What a socket call gave; unspecified when its family is neither AF_INET nor AF_INET6. */
  static Address from(const sockaddr_storage& raw);

  int family() const { return storage_.v4.sin_family; }
  uint16_t port() const { return ntohs(storage_.v4.sin_port); }
  std::string host() const;
  /** 4 or 16 bytes in network order, by family(). */
  const void* hostBytes() const {
    return family() == AF_INET ? static_cast<const void*>(&storage_.v4.sin_addr) : static_cast<const void*>(&storage_.v6.sin6_addr);
  }
  Address withPort(uint16_t port) const;
  const sockaddr* raw() const { return reinterpret_cast<const sockaddr*>(&storage_); }
  socklen_t size() const { return family() == AF_INET ? sizeof storage_.v4 : sizeof storage_.v6; }

  bool sameHost(const Address& other) const;
  bool isLoopback() const;
  /** Neither multicast, broadcast nor unspecified. */
  bool isUnicast() const;
  bool operator==(const Address& other) const {
    return storage_.v4.sin_port == other.storage_.v4.sin_port && sameHost(other);
  }
  bool operator!=(const Address& other) const { return !(*this == other); }
  bool operator<(const Address& other) const;

 private:
  // Both begin with family and port, at the same places.
  union {
    sockaddr_in v4;
    sockaddr_in6 v6;
  } storage_;
};

}  // namespace interconnect
