/* What rtpload must know of a codec; a further codec is a further row in codec.c. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#define MAX_PAYLOAD 400 /* bytes */

struct codec {
    const char *name;
    int payload_type;
    int clock_rate;  /* RTP time stamp units per second */
    int sample_rate; /* Hz, mono */
    double delay_ms; /* algorithmic delay of encoder and decoder together: taken off latencies */
    size_t (*encode)(const int16_t *pcm, size_t samples, uint8_t *payload);
    size_t (*decode)(const uint8_t *payload, size_t bytes, int16_t *pcm); /* to 8 kHz; pcm holds 4 * MAX_PAYLOAD */
};

/* NULL when there is no codec of that name (case does not matter). */
const struct codec *codec_named(const char *name);
