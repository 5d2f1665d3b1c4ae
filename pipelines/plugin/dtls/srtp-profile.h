#pragma once
#include <openssl/ssl.h>

#include <string>

#include "dtls/dtls-terms.h"
#include "srtp/srtp-key.h"

namespace interconnect {

/** The profiles of use_srtp that we have, the cheapest good one first, in OpenSSL's words (RFC 5764 §4.1.2, RFC 7714 §14.2). */
std::string srtpProfiles();

/**
 * The keys of a finished handshake (RFC 5764 §4.2).
 * @returns nothing when no profile was agreed on
 */
std::optional<SrtpKeys> exportSrtpKeys(SSL& ssl, DtlsRole role);

}  // namespace interconnect
