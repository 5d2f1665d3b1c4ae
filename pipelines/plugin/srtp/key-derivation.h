#pragma once
#include <cstdint>

#include "srtp/secret.h"
#include "srtp/srtp-key.h"

namespace interconnect {

/** What RTP, or RTCP, is protected with: made of the master key. A GCM suite has no authentication key and a shorter salt. */
struct SessionKeys {
  Secret<32> cipher;
  Secret<20> authentication;
  Secret<14> salt;
};

enum class SrtpFlow : uint8_t { Rtp, Rtcp };

/** RFC 3711 §4.3, by AES of the master key's length (RFC 6188 §3, RFC 7714 §11), once for all packets. @throws SrtpFailure */
SessionKeys deriveSessionKeys(const SrtpKey& master, SrtpFlow flow);

}  // namespace interconnect
