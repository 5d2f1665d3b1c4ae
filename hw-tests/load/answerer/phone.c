#define _GNU_SOURCE
#include "phone.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define HEADER_BYTES 12

int connect_media(struct phone *phone, const char *ip, int port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    if (inet_pton(AF_INET, ip, &to.sin_addr) != 1 || ntohl(to.sin_addr.s_addr) >> 24 != 127) return 0;
    return connect(phone->rtp_fd, (struct sockaddr *)&to, sizeof to) == 0;
}

void speak(struct phone *phone, double now_s)
{
    uint8_t packet[HEADER_BYTES + PACKET_SAMPLES] = {0x80, phone->sent ? 0 : 0x80};
    for (; now_s >= phone->next_packet_at_s; phone->next_packet_at_s += 0.020) {
        uint16_t sequence = htons(phone->sequence++);
        uint32_t timestamp = htonl(phone->timestamp), ssrc = htonl(phone->ssrc);
        memcpy(packet + 2, &sequence, 2);
        memcpy(packet + 4, &timestamp, 4);
        memcpy(packet + 8, &ssrc, 4);
        memset(packet + HEADER_BYTES, voice_code(phone->sent++), PACKET_SAMPLES);
        phone->timestamp += PACKET_SAMPLES;
        send(phone->rtp_fd, packet, sizeof packet, MSG_DONTWAIT);
        packet[1] = 0;
    }
}

/* The kernel stamps packets by the wall clock; whoever reads our events has the monotonic one. */
static long long monotonic_ns(double wall_s)
{
    struct timespec wall, monotonic;
    clock_gettime(CLOCK_REALTIME, &wall);
    clock_gettime(CLOCK_MONOTONIC, &monotonic);
    double ago_s = wall.tv_sec + wall.tv_nsec * 1e-9 - wall_s;
    return monotonic.tv_sec * 1000000000LL + monotonic.tv_nsec - (long long)(ago_s * 1e9);
}

void tell(const struct phone *phone, const char *event, double at_s, const char *extra)
{
    printf("{\"event\":\"%s\",\"user\":\"%s\",\"atNs\":%lld%s}\n", event, phone->user, monotonic_ns(at_s), extra);
    fflush(stdout);
}

void on_media(void *context, uint8_t *bytes, size_t length, const struct sockaddr_in *from, double at_s)
{
    struct phone *phone = context;
    char extra[96];
    (void)from;
    if (length < HEADER_BYTES || (bytes[0] & 0xc0) != 0x80 || (bytes[1] & 0x7f) != 0) return;
    if (!phone->received_any) {
        phone->received_any = 1;
        tell(phone, "first-packet", at_s, "");
    }
    int happened = hear(&phone->words, bytes + HEADER_BYTES, length - HEADER_BYTES, at_s);
    if (happened & HEARD_FIRST) tell(phone, "hears", at_s, "");
    if (!(happened & HEARD_WHOLE)) return;
    snprintf(extra, sizeof extra, ",\"packet\":%d,\"samples\":%u", phone->words.packet, phone->words.samples);
    tell(phone, "first-words", phone->words.at_s, extra);
}
