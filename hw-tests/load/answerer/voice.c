#include "voice.h"

#define LAST_PACKET 40
/* Codes lie two apart, loud to quiet from 0x04 to 0x54, so that a rounding step on the way does no harm. */
#define FIRST_CODE 0x04
#define STEP 2
#define LOUDEST_SILENCE 0x60

uint8_t voice_code(unsigned number)
{
    return FIRST_CODE + STEP * (number < LAST_PACKET ? number : LAST_PACKET);
}

int voice_packet(uint8_t code)
{
    int magnitude = code & 0x7f;
    if (magnitude >= LOUDEST_SILENCE) return NOTHING_HEARD;
    int number = (magnitude - FIRST_CODE + 1) / STEP;
    return number < 0 ? 0 : number < LAST_PACKET ? number : LAST_PACKET;
}

static void forget(struct first_words *words)
{
    *words = (struct first_words){.packet = NOTHING_HEARD};
}

int hear(struct first_words *words, const uint8_t *payload, size_t bytes, double at_s)
{
    int any = 0, happened = 0;
    for (size_t k = 0; k < bytes; k++) {
        int packet = voice_packet(payload[k]);
        if (packet == NOTHING_HEARD) continue;
        any = 1;
        if (words->done) continue;
        if (words->packet == NOTHING_HEARD) {
            words->packet = packet;
            words->at_s = at_s;
            happened |= HEARD_FIRST;
        }
        if (packet == words->packet) {
            words->samples++;
        } else {
            words->done = 1;
            happened |= HEARD_WHOLE;
        }
    }
    words->silent_packets = any ? 0 : words->silent_packets + 1;
    if (words->silent_packets >= 5) forget(words);
    return happened;
}
