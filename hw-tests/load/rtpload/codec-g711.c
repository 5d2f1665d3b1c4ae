/* ITU-T G.711, exact, written down from the recommendation: the server's tables are not trusted to judge themselves. */
#include "codecs.h"

#include <stddef.h>

static int16_t ulaw_decode(uint8_t code)
{
    code = ~code;
    int magnitude = (((code & 0x0f) << 3) + 0x84) << ((code & 0x70) >> 4);
    return code & 0x80 ? 0x84 - magnitude : magnitude - 0x84;
}

static uint8_t ulaw_encode(int sample)
{
    int sign = 0, exponent = 7;
    if (sample < 0) {
        sample = -sample;
        sign = 0x80;
    }
    if (sample > 32635) sample = 32635;
    sample += 0x84;
    for (int mask = 0x4000; !(sample & mask) && exponent > 0; mask >>= 1) exponent--;
    return ~(sign | (exponent << 4) | ((sample >> (exponent + 3)) & 0x0f));
}

static int16_t alaw_decode(uint8_t code)
{
    code ^= 0x55;
    int segment = (code & 0x70) >> 4, magnitude = (code & 0x0f) << 4;
    magnitude += segment ? 0x108 : 8;
    if (segment > 1) magnitude <<= segment - 1;
    return code & 0x80 ? magnitude : -magnitude;
}

static uint8_t alaw_encode(int sample)
{
    int sign = 0x80, exponent = 7;
    if (sample < 0) {
        sample = -sample - 1;
        sign = 0;
    }
    for (int mask = 0x4000; !(sample & mask) && exponent > 0; mask >>= 1) exponent--;
    int mantissa = (exponent ? sample >> (exponent + 3) : sample >> 4) & 0x0f;
    return (sign | (exponent << 4) | mantissa) ^ 0x55;
}

static size_t pcmu_encode(void *state, const int16_t *pcm, size_t samples, uint8_t *payload)
{
    (void)state;
    for (size_t k = 0; k < samples; k++) payload[k] = ulaw_encode(pcm[k]);
    return samples;
}

static size_t pcma_encode(void *state, const int16_t *pcm, size_t samples, uint8_t *payload)
{
    (void)state;
    for (size_t k = 0; k < samples; k++) payload[k] = alaw_encode(pcm[k]);
    return samples;
}

static size_t pcmu_decode(void *state, const uint8_t *payload, size_t bytes, int16_t *pcm)
{
    (void)state;
    for (size_t k = 0; k < bytes; k++) pcm[k] = ulaw_decode(payload[k]);
    return bytes;
}

static size_t pcma_decode(void *state, const uint8_t *payload, size_t bytes, int16_t *pcm)
{
    (void)state;
    for (size_t k = 0; k < bytes; k++) pcm[k] = alaw_decode(payload[k]);
    return bytes;
}

const struct codec pcmu = {
    .name = "PCMU", .payload_type = 0, .clock_rate = 8000, .sample_rate = 8000, .encode = pcmu_encode, .decode = pcmu_decode};
const struct codec pcma = {
    .name = "PCMA", .payload_type = 8, .clock_rate = 8000, .sample_rate = 8000, .encode = pcma_encode, .decode = pcma_decode};
