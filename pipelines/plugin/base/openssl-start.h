#pragma once
#include <openssl/crypto.h>

namespace interconnect {

/**
 * To be called before OpenSSL is used for anything: the system's openssl.cnf may name modules that were built for the
 * system's libcrypto, which the one linked in here is not (docs/decisions.md). Only the first call does something.
 */
inline void startOpenssl() { OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr); }

}  // namespace interconnect
