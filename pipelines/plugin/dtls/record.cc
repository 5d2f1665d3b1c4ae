#include "dtls/record.h"

namespace interconnect {
namespace {

constexpr size_t kRecordHeaderBytes = 13;
constexpr uint8_t kAlert = 21;
constexpr uint8_t kHandshake = 22;
constexpr uint8_t kClientHello = 1;

}  // namespace

bool isDtls(Span datagram) { return datagram.size > 0 && datagram.data[0] >= 20 && datagram.data[0] <= 63; }

bool isAlert(Span datagram) { return datagram.size > 0 && datagram.data[0] == kAlert; }

bool isClientHello(Span datagram) {
  return datagram.size > kRecordHeaderBytes && datagram.data[0] == kHandshake && datagram.data[kRecordHeaderBytes] == kClientHello;
}

}  // namespace interconnect
