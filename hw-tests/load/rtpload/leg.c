#define _GNU_SOURCE
#include "leg.h"

#include "sockets.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

/* Tones of one room lie 40 Hz apart, far below the probe's burst. */
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

/* Encoded once, before the run: sending then costs one send() a packet. */
static void make_payloads(struct leg *leg, double tone_hz)
{
    int rate = leg->codec->sample_rate, per_packet = rate * PACKET_MS / 1000;
    int16_t *pcm = malloc(sizeof *pcm * per_packet);
    leg->payload = calloc(LOOP_PACKETS, MAX_PAYLOAD);
    if (!pcm || !leg->payload) die("memory");
    for (int p = 0; p < LOOP_PACKETS; p++) {
        for (int k = 0; k < per_packet; k++)
            pcm[k] = lrint(32767 * signal_at((double)(p * per_packet + k) / rate, tone_hz, leg->first_of_room));
        leg->payload_bytes[p] = leg->codec->encode(pcm, per_packet, leg->payload[p]);
    }
    free(pcm);
}

void open_leg(struct leg *leg, int index, const struct options *o)
{
    leg->room = index / o->room_size;
    leg->first_of_room = index % o->room_size == 0;
    leg->codec = o->codec;
    leg->rtp_fd = udp_socket(o->base_port + 2 * index);
    leg->rtcp_fd = udp_socket(o->base_port + 2 * index + 1);
    leg->ssrc = (uint32_t)rand() << 8 ^ index;
    leg->sequence = rand();
    leg->timestamp = rand();
    leg->last_second = calloc(8000, sizeof *leg->last_second);
    if (!leg->last_second) die("memory");
    make_payloads(leg, leg_tone_hz(index, o->room_size));
}

void set_remote(struct leg *leg, const struct sockaddr_in *to)
{
    if (leg->has_remote && !memcmp(&leg->remote, to, sizeof *to)) return;
    if (connect(leg->rtp_fd, (const struct sockaddr *)to, sizeof *to)) {
        leg->send_errors++;
        return;
    }
    leg->remote = *to;
    leg->has_remote = 1;
}

void forget_statistics(struct leg *leg)
{
    leg->received = leg->bytes = leg->duplicates = leg->reordered = leg->other_payload_type = leg->malformed = 0;
    leg->send_errors = leg->ssrc_changes = leg->rtcp_received = leg->self_bursts = 0;
    leg->has_sequence = 0;
    leg->jitter_max = leg->max_gap = 0;
}
