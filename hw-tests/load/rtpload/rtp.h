/* RTP of one leg, both ways (RFC 3550). */
#pragma once
#include "leg.h"

void send_packet(struct leg *leg);

struct heard {
    int samples;       /* decoded into pcm, at 8 kHz; 0 when the packet counts for nothing */
    int16_t pcm[MAX_HEARD];
};

/* Takes one datagram into the leg's statistics and gives its audio. */
void take_packet(struct leg *leg, uint8_t *bytes, size_t length, double at_s, struct heard *heard);

/* Packets that RFC 3550 A.3 counts as lost in the measured window. */
int64_t packets_lost(const struct leg *leg);
