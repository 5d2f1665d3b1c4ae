/* One far end: a socket pair, what it says, and what it made of the answers. */
#pragma once
#include "codec.h"
#include "options.h"
#include "voice-signal.h"
#include "srtp.h"

#include <netinet/in.h>

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

/* The loop of voice-signal.h, encoded; legs that say the same share it. */
struct voice {
    uint8_t payload[LOOP_PACKETS][MAX_PAYLOAD];
    size_t bytes[LOOP_PACKETS];
};

struct leg {
    int rtp_fd, rtcp_fd, room, first_of_room;
    const struct codec *codec;
    struct sockaddr_in remote;
    int has_remote;

    const struct voice *voice;
    void *decoder;
    int payload_type;
    srtp_t sending, receiving; /* both or none */
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

/* Legs are opened in the order of their index. */
void open_leg(struct leg *legs, int index, const struct options *o);
/* Keys of SDES, base64: ours and the far end's. */
void secure(struct leg *leg, const char *own_key, const char *their_key);
void set_remote(struct leg *leg, const struct sockaddr_in *to);
void forget_statistics(struct leg *leg);
