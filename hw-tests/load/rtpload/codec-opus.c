/* RFC 6716 by libopus, as a browser has it for speech: libopus chooses between its speech coder and its transform. */
#include "codecs.h"

#include <opus/opus.h>
#include <stdio.h>
#include <stdlib.h>

static void *open_encoder(void)
{
    OpusEncoder *encoder = opus_encoder_create(48000, 1, OPUS_APPLICATION_VOIP, NULL);
    if (!encoder) return NULL;
    opus_encoder_ctl(encoder, OPUS_SET_BITRATE(32000));
    opus_encoder_ctl(encoder, OPUS_SET_VBR_CONSTRAINT(1));
    opus_encoder_ctl(encoder, OPUS_SET_COMPLEXITY(5));
    return encoder;
}

static void close_encoder(void *state)
{
    opus_encoder_destroy(state);
}

static size_t encode(void *state, const int16_t *pcm, size_t samples, uint8_t *payload)
{
    int bytes = opus_encode(state, pcm, samples, payload, MAX_PAYLOAD);
    if (bytes < 0) {
        fprintf(stderr, "opus_encode: %s\n", opus_strerror(bytes));
        exit(2);
    }
    return bytes;
}

static void *open_decoder(void)
{
    return opus_decoder_create(8000, 1, NULL);
}

static size_t decode(void *state, const uint8_t *payload, size_t bytes, int16_t *pcm)
{
    int samples = opus_decode(state, payload, bytes, pcm, MAX_HEARD, 0);
    return samples > 0 ? samples : 0;
}

const struct codec opus = {
    .name = "opus", .payload_type = 111, .clock_rate = 48000, .sample_rate = 48000, .delay_ms = 6.5,
    .open_encoder = open_encoder, .close_encoder = close_encoder, .encode = encode,
    .open_decoder = open_decoder, .decode = decode};
