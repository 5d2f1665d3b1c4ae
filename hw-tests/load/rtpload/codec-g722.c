/* ITU-T G.722 at 64 kbit/s by spandsp: not what any of the servers uses, so that none is judged by itself. */
#include "codecs.h"

#include <spandsp.h>

#define BIT_RATE 64000

static void *open_encoder(void)
{
    return g722_encode_init(NULL, BIT_RATE, 0);
}

static void close_encoder(void *state)
{
    g722_encode_free(state);
}

static size_t encode(void *state, const int16_t *pcm, size_t samples, uint8_t *payload)
{
    return g722_encode(state, payload, pcm, samples);
}

static void *open_decoder(void)
{
    return g722_decode_init(NULL, BIT_RATE, 0);
}

/* Half the rate by means of two: what rtpload listens for lies far below 4 kHz. */
static size_t decode(void *state, const uint8_t *payload, size_t bytes, int16_t *pcm)
{
    size_t samples = g722_decode(state, pcm, payload, bytes) / 2;
    for (size_t k = 0; k < samples; k++) pcm[k] = (pcm[2 * k] + pcm[2 * k + 1]) / 2;
    return samples;
}

const struct codec g722 = {
    .name = "G722", .payload_type = 9, .clock_rate = 8000 /* RFC 3551 4.5.2 */, .sample_rate = 16000, .delay_ms = 1.5,
    .open_encoder = open_encoder, .close_encoder = close_encoder, .encode = encode,
    .open_decoder = open_decoder, .decode = decode};
