/* What rtpload must know of a codec; a further codec is a further file and a name in codec.c. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#define MAX_PAYLOAD 400              /* bytes */
#define MAX_HEARD (4 * MAX_PAYLOAD)  /* samples at 8 kHz that a packet may hold */

struct codec {
    const char *name;
    int payload_type;
    int clock_rate;  /* RTP time stamp units per second */
    int sample_rate; /* Hz of what is encoded, mono */
    double delay_ms; /* algorithmic delay of encoder and decoder together: rtpload's half of it is taken off latencies */
    void *(*open_encoder)(void); /* NULL: it remembers nothing from packet to packet, its state is NULL */
    void (*close_encoder)(void *state);
    size_t (*encode)(void *state, const int16_t *pcm, size_t samples, uint8_t *payload);
    void *(*open_decoder)(void); /* lives as long as the process */
    size_t (*decode)(void *state, const uint8_t *payload, size_t bytes, int16_t *pcm); /* to 8 kHz; pcm holds MAX_HEARD */
};

/* NULL when there is no codec of that name (case does not matter). */
const struct codec *codec_named(const char *name);
