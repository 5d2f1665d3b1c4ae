/* SRTP with a key from SDES (RFC 4568), AES_CM_128_HMAC_SHA1_80. */
#pragma once
#include <srtp2/srtp.h>

enum direction { OUTBOUND, INBOUND };

/* Says what is wrong and exits with 2 when `key` is not 30 bytes in base64. */
srtp_t open_srtp(const char *key, enum direction direction);
