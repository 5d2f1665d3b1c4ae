/*
 * answerer: the far end of the bench's REST figures. It answers every call at once, speaks from that moment on, and tells
 * on stdout, with the kernel's receive time stamps, when it was called, when it answered, when the first packet came and
 * when which part of the other's voice was heard first. Only on 127.0.0.1.
 *
 *     answerer SIP_PORT FIRST_RTP_PORT
 *
 * A called user that begins with "phone" hangs up after a second, any other stays. It ends at the end of stdin.
 */
#define _GNU_SOURCE
#include "phone.h"
#include "sip.h"
#include "sockets.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MAX_PHONES 128
#define CALL_S 1.0
#define TICK_MS 1

static struct phone phones[MAX_PHONES];
static int sip_fd, sip_port, first_rtp_port;

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static struct phone *phone_of(const char *call_id)
{
    for (int k = 0; k < MAX_PHONES; k++)
        if (phones[k].in_use && !strcmp(phones[k].call_id, call_id)) return &phones[k];
    return NULL;
}

static struct phone *take_phone(void)
{
    for (int k = 0; k < MAX_PHONES; k++)
        if (!phones[k].in_use) {
            phones[k] = (struct phone){.in_use = 1, .rtp_port = first_rtp_port + 2 * k, .words.packet = NOTHING_HEARD};
            phones[k].rtp_fd = udp_socket(phones[k].rtp_port);
            return &phones[k];
        }
    return NULL;
}

static void put_down(struct phone *phone)
{
    close(phone->rtp_fd);
    free(phone->invite);
    phone->in_use = 0;
}

static void respond(const struct request *request, int status, const char *phrase, const char *sdp,
                    const struct sockaddr_in *to)
{
    char out[MAX_MESSAGE], contact[64];
    snprintf(contact, sizeof contact, "sip:answerer@127.0.0.1:%d", sip_port);
    size_t length = write_response(out, request, status, phrase, contact, sdp);
    sendto(sip_fd, out, length, 0, (const struct sockaddr *)to, sizeof *to);
}

static void answer(struct phone *phone, const struct request *request)
{
    char sdp[256];
    snprintf(sdp, sizeof sdp,
             "v=0\r\no=- %d 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio %d RTP/AVP 0\r\n"
             "a=rtpmap:0 PCMU/8000\r\na=ptime:20\r\n",
             phone->rtp_port, phone->rtp_port);
    respond(request, 200, "OK", sdp, &phone->peer);
}

static void on_invite(const struct request *request, const struct sockaddr_in *from, double at_s)
{
    struct phone *phone = phone_of(request->call_id);
    char ip[64];
    int port;
    if (phone) { /* our answer was lost, or it is late */
        answer(phone, request);
        return;
    }
    if (!audio_address(request->body, ip, &port)) return respond(request, 488, "Not Acceptable Here", "", from);
    if (!(phone = take_phone())) return respond(request, 486, "Busy Here", "", from);
    snprintf(phone->user, sizeof phone->user, "%s", request->user);
    snprintf(phone->call_id, sizeof phone->call_id, "%s", request->call_id);
    phone->invite = strdup(request->head);
    phone->peer = *from;
    phone->ssrc = rand();
    phone->sequence = rand();
    phone->timestamp = rand();
    if (!connect_media(phone, ip, port)) {
        put_down(phone);
        return respond(request, 488, "Not Acceptable Here", "", from);
    }
    tell(phone, "invited", at_s, "");
    phone->answered_at_s = phone->next_packet_at_s = now_s();
    if (!strncmp(phone->user, "phone", 5)) phone->hang_up_at_s = phone->answered_at_s + CALL_S;
    answer(phone, request);
    speak(phone, phone->answered_at_s);
    tell(phone, "answered", phone->answered_at_s, "");
}

static void on_sip(void *unused, uint8_t *bytes, size_t length, const struct sockaddr_in *from, double at_s)
{
    static char text[MAX_MESSAGE];
    struct request request;
    (void)unused;
    if (length >= sizeof text) return;
    memcpy(text, bytes, length);
    text[length] = 0;
    if (!parse_request(text, &request)) return;
    if (!strcmp(request.method, "INVITE")) return on_invite(&request, from, at_s);
    if (!strcmp(request.method, "ACK")) return;
    struct phone *phone = phone_of(request.call_id);
    respond(&request, phone ? 200 : 481, phone ? "OK" : "Call/Transaction Does Not Exist", "", from);
    if (phone && !strcmp(request.method, "BYE")) put_down(phone);
}

/* Sent once: on loopback nothing is lost, and the gateway ends a call without RTP by itself. */
static void hang_up(struct phone *phone)
{
    static unsigned branch;
    char out[MAX_MESSAGE], local[32];
    struct request invite;
    snprintf(local, sizeof local, "127.0.0.1:%d", sip_port);
    if (parse_request(phone->invite, &invite)) {
        size_t length = write_bye(out, &invite, local, ++branch);
        sendto(sip_fd, out, length, 0, (struct sockaddr *)&phone->peer, sizeof phone->peer);
    }
    put_down(phone);
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "answerer SIP_PORT FIRST_RTP_PORT\n");
        return 2;
    }
    sip_port = atoi(argv[1]);
    first_rtp_port = atoi(argv[2]);
    srand(time(NULL));
    sip_fd = udp_socket(sip_port);
    printf("{\"event\":\"listening\"}\n");
    fflush(stdout);
    for (;;) {
        struct pollfd watched[MAX_PHONES + 2] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = sip_fd, .events = POLLIN}};
        int count = 2;
        struct phone *of[MAX_PHONES + 2];
        for (int k = 0; k < MAX_PHONES; k++)
            if (phones[k].in_use) {
                of[count] = &phones[k];
                watched[count++] = (struct pollfd){.fd = phones[k].rtp_fd, .events = POLLIN};
            }
        poll(watched, count, TICK_MS);
        char ignored[64];
        if (watched[0].revents && read(STDIN_FILENO, ignored, sizeof ignored) <= 0) return 0;
        for (int k = 2; k < count; k++)
            if (watched[k].revents) drain_socket(of[k]->rtp_fd, on_media, of[k]);
        if (watched[1].revents) drain_socket(sip_fd, on_sip, NULL);
        double now = now_s();
        for (int k = 0; k < MAX_PHONES; k++) {
            if (!phones[k].in_use) continue;
            speak(&phones[k], now);
            if (phones[k].hang_up_at_s && now >= phones[k].hang_up_at_s) hang_up(&phones[k]);
        }
    }
}
