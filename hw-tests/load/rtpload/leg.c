#define _GNU_SOURCE
#include "leg.h"

#include "sockets.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

/*
 * Encoded once, before the run: sending then costs one send() a packet. Twice round, so that a codec which remembers is, at
 * the beginning of the loop, in the state in which its end leaves it.
 */
static const struct voice *encode_voice(const struct codec *codec, double tone_hz, int with_burst)
{
    int16_t pcm[48000 * PACKET_MS / 1000];
    void *encoder = codec->open_encoder ? codec->open_encoder() : NULL;
    struct voice *voice = calloc(1, sizeof *voice);
    if (!voice || (codec->open_encoder && !encoder)) die("memory");
    for (int packet = 0; packet < 2 * LOOP_PACKETS; packet++) {
        int slot = packet % LOOP_PACKETS;
        make_signal(pcm, codec->sample_rate, slot, tone_hz, with_burst);
        voice->bytes[slot] = codec->encode(encoder, pcm, codec->sample_rate * PACKET_MS / 1000, voice->payload[slot]);
    }
    if (encoder) codec->close_encoder(encoder);
    return voice;
}

/* The same seat of a room before says the same, if it has the same codec: in rooms of an odd size the one before that. */
static const struct voice *voice_of(const struct leg *legs, int index, int room_size)
{
    const struct leg *leg = &legs[index];
    for (int rooms = 1; rooms <= 2; rooms++) {
        int other = index - rooms * room_size;
        if (other >= 0 && legs[other].codec == leg->codec) return legs[other].voice;
    }
    return encode_voice(leg->codec, leg_tone_hz(index, room_size), leg->first_of_room);
}

void open_leg(struct leg *legs, int index, const struct options *o)
{
    struct leg *leg = &legs[index];
    leg->room = index / o->room_size;
    leg->first_of_room = index % o->room_size == 0;
    leg->codec = index % 2 ? o->odd_codec : o->codec;
    leg->payload_type = leg->codec->payload_type;
    leg->rtp_fd = udp_socket(o->base_port + 2 * index);
    leg->rtcp_fd = udp_socket(o->base_port + 2 * index + 1);
    leg->ssrc = (uint32_t)rand() << 8 ^ index;
    leg->sequence = rand();
    leg->timestamp = rand();
    leg->last_second = calloc(8000, sizeof *leg->last_second);
    leg->voice = voice_of(legs, index, o->room_size);
    if (leg->codec->open_decoder) leg->decoder = leg->codec->open_decoder();
    if (!leg->last_second || (leg->codec->open_decoder && !leg->decoder)) die("memory");
}

void secure(struct leg *leg, const char *own_key, const char *their_key)
{
    leg->sending = open_srtp(own_key, OUTBOUND);
    leg->receiving = open_srtp(their_key, INBOUND);
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
