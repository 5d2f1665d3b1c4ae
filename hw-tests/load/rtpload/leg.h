/* One far end: a socket pair, the signal that it sends again and again, and what it made of the answers. */
#pragma once
#include "codec.h"
#include "options.h"

#include <netinet/in.h>

#define PACKET_MS 20
#define LOOP_PACKETS 50 /* the replayed signal is 1 s long */

/* The latency probe: the first leg of every room sends this burst once a second. */
#define BURST_HZ 2500.0
#define BURST_PACKET 25 /* in the middle of the loop ... */
#define BURST_SAMPLE 40 /* ... 5 ms into its packet (samples at 8 kHz) */
#define BURST_MS 60
#define WINDOW 32 /* detector window: 4 ms at 8 kHz */

/* Sliding 2.5 kHz envelope, always fed with 8 kHz samples. */
struct detector {
    float re[WINDOW], im[WINDOW];
    double sum_re, sum_im, last_envelope, peak;
    unsigned samples;
    int armed, quiet_hops;
    int hops_since, hops_high; /* since, and above the mark since, a possible onset */
    double onset_at, mark;
};

struct leg {
    int rtp_fd, rtcp_fd, room, first_of_room;
    const struct codec *codec;
    struct sockaddr_in remote;
    int has_remote;

    uint8_t (*payload)[MAX_PAYLOAD];
    size_t payload_bytes[LOOP_PACKETS];
    unsigned loop_position;
    uint32_t ssrc, timestamp;
    uint16_t sequence;
    uint64_t sent, send_errors;

    uint64_t received_ever; /* the rest is of the measured window */
    uint64_t received, bytes, duplicates, reordered, other_payload_type, malformed, ssrc_changes, rtcp_received;
    uint32_t remote_ssrc;
    int has_sequence;
    uint16_t base_sequence, max_sequence;
    uint32_t cycles;
    int has_transit;
    double last_transit, jitter, jitter_max; /* RTP units */
    double last_arrival, max_gap;            /* s */

    struct detector detector;
    float *last_second; /* 8000 samples, a ring */
    unsigned samples_heard;
    uint64_t self_bursts;
};

/* Wall clock in seconds: the clock of SO_TIMESTAMPNS. */
double now_s(void);

void open_leg(struct leg *leg, int index, const struct options *o);
void set_remote(struct leg *leg, const struct sockaddr_in *to);
void forget_statistics(struct leg *leg);
double leg_tone_hz(int index, int room_size);
