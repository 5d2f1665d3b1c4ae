#pragma once
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "clock/nanos.h"
#include "net/address.h"
#include "rtp/span.h"

namespace interconnect {

/** One UDP datagram of a capture; `payload` points into the file's bytes. */
struct CapturedDatagram {
  /** Since the first packet of the capture. */
  Nanos time;
  Address from;
  Address to;
  Span payload;
};

/**
 * Reads a capture in the classic pcap format, either byte order, micro- or nanoseconds; link types null/loop, Ethernet
 * (with VLAN tags), raw IP, Linux cooked (v1, v2). What is not a whole UDP datagram over IPv4 or IPv6 is left out:
 * fragments, other protocols, packets cut by the snapshot length.
 *
 * @returns a sentence when it is no such file; a file that ends in the middle of a packet gives what came before
 */
std::variant<std::vector<CapturedDatagram>, std::string> readPcap(Span file);

/** The UDP datagram inside an IP packet, IPv4 or IPv6 without extension headers. `time` is left zero. */
std::optional<CapturedDatagram> udpFromIp(Span packet);

}  // namespace interconnect
