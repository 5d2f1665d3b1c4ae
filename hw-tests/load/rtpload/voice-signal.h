/* What a leg says: one second that is repeated, a tone with syllables, and for the first of a room the probe's burst. */
#pragma once
#include <stdint.h>

#define PACKET_MS 20
#define LOOP_PACKETS 50

/* The latency probe: the first leg of every room sends this burst once a second. */
#define BURST_HZ 2500.0
#define BURST_PACKET 25 /* in the middle of the loop ... */
#define BURST_SAMPLE 40 /* ... 5 ms into its packet (samples at 8 kHz) */
#define BURST_MS 60

/* Tones of one room lie 40 Hz apart, far below the probe's burst. */
double leg_tone_hz(int index, int room_size);

/* Fills the samples of one packet of the loop. */
void make_signal(int16_t *pcm, int sample_rate, int packet, double tone_hz, int with_burst);
