#define _GNU_SOURCE
#include "voice-signal.h"

#include <math.h>

double leg_tone_hz(int index, int room_size)
{
    int seat = index % room_size;
    return 300 + (seat * 40) % 1120 + (seat / 28) * 7;
}

static double signal_at(double t, double tone_hz, int with_burst)
{
    double syllables = 0.6 + 0.4 * sin(2 * M_PI * 4 * t);
    double v = 0.05 * syllables * sin(2 * M_PI * tone_hz * t);
    double burst_at = (BURST_PACKET * PACKET_MS + BURST_SAMPLE / 8.0) / 1000.0;
    if (with_burst && t >= burst_at && t < burst_at + BURST_MS / 1000.0)
        v += 0.35 * sin(2 * M_PI * BURST_HZ * (t - burst_at));
    return v;
}

void make_signal(int16_t *pcm, int sample_rate, int packet, double tone_hz, int with_burst)
{
    int samples = sample_rate * PACKET_MS / 1000;
    for (int k = 0; k < samples; k++)
        pcm[k] = lrint(32767 * signal_at((double)(packet * samples + k) / sample_rate, tone_hz, with_burst));
}
