/*
 * A voice that can be told apart packet by packet: every packet of it holds one PCMU code over and over, and each packet
 * has the next code. A mixer that plays it to somebody alone returns it code by code, so what is heard first tells how
 * much of the beginning was lost.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

#define PACKET_SAMPLES 160 /* 20 ms at 8 kHz */
#define NOTHING_HEARD (-1)

/* The code of the voice's packet `number`; after the 40th they are all alike. */
uint8_t voice_code(unsigned number);

/* The number of the packet that a heard code belongs to, or NOTHING_HEARD for silence and anything as quiet. */
int voice_packet(uint8_t code);

/* Collects the first words of somebody else. */
struct first_words {
    int packet;       /* the first packet of which something was heard, or NOTHING_HEARD */
    unsigned samples; /* how much of that packet */
    double at_s;      /* when the packet with its first sample arrived */
    int done;         /* a later packet was heard: `samples` is final */
    unsigned silent_packets;
};

#define HEARD_FIRST 1 /* something, after silence */
#define HEARD_WHOLE 2 /* the first words are complete: how much of their packet came is known */

/* Takes one packet's payload; which of the above happened with it. After 100 ms of silence it starts anew. */
int hear(struct first_words *words, const uint8_t *payload, size_t bytes, double at_s);
