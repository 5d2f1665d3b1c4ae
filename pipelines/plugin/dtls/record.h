#pragma once
#include "rtp/span.h"

namespace interconnect {

/** STUN, DTLS, TURN and RTP on one port are told apart by the first byte: 20–63 is DTLS (RFC 7983 §7). */
bool isDtls(Span datagram);

bool isAlert(Span datagram);

/** Whether a datagram begins with a ClientHello, or a part of one (RFC 6347 §4.1, §4.2.2). */
bool isClientHello(Span datagram);

}  // namespace interconnect
