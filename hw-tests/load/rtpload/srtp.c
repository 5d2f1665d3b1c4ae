#include "srtp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY_BYTES 30
#define WINDOW_PACKETS 1024

/* Bytes written, at most `room`; stops at padding and at what is not base64. */
static size_t decode_base64(const char *text, uint8_t *out, size_t room)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t bits = 0;
    size_t bytes = 0;
    int held = 0;
    for (const char *place; *text && (place = strchr(alphabet, *text)); text++) {
        bits = bits << 6 | (uint32_t)(place - alphabet);
        held += 6;
        if (held < 8) continue;
        held -= 8;
        if (bytes < room) out[bytes++] = bits >> held;
    }
    return bytes;
}

srtp_t open_srtp(const char *key, enum direction direction)
{
    static int initialised;
    uint8_t raw[KEY_BYTES];
    srtp_policy_t policy;
    srtp_t session;
    if (!initialised++) srtp_init();
    memset(&policy, 0, sizeof policy);
    srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtp);
    srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
    policy.ssrc.type = direction == OUTBOUND ? ssrc_any_outbound : ssrc_any_inbound;
    policy.key = raw;
    policy.window_size = WINDOW_PACKETS;
    if (decode_base64(key, raw, sizeof raw) != sizeof raw || srtp_create(&session, &policy)) {
        fprintf(stderr, "not an SRTP key: it must be %d bytes in base64\n", KEY_BYTES);
        exit(2);
    }
    return session;
}
