/* One call's media: a socket, our voice, what is heard of the others. */
#pragma once
#include "voice.h"

#include <netinet/in.h>

struct phone {
    int in_use;
    char user[64], call_id[128];
    char *invite;      /* the request that opened the dialog, for the BYE */
    struct sockaddr_in peer; /* SIP */
    int rtp_fd, rtp_port;
    double answered_at_s, next_packet_at_s, hang_up_at_s; /* wall clock; hang_up_at_s 0: never */
    int received_any;
    unsigned sent;
    uint16_t sequence;
    uint32_t timestamp, ssrc;
    struct first_words words;
};

/* Connects the socket to where the far end wants its RTP. 0 when that is no loopback address. */
int connect_media(struct phone *phone, const char *ip, int port);

/* Sends every packet that is due at `now_s`. */
void speak(struct phone *phone, double now_s);

/* Prints one JSON event; `extra` is empty or begins with a comma. Times are nanoseconds of CLOCK_MONOTONIC. */
void tell(const struct phone *phone, const char *event, double at_s, const char *extra);

/* Takes what was received and tells of the first packet, the first sound and the first words. */
void on_media(void *phone, uint8_t *bytes, size_t length, const struct sockaddr_in *from, double at_s);
