#define _GNU_SOURCE
#include "sockets.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define BATCH 8
#define DATAGRAM_BYTES 4096

void die(const char *what)
{
    perror(what);
    exit(2);
}

int udp_socket(int port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
    if (fd < 0) die("socket");
    if (bind(fd, (struct sockaddr *)&address, sizeof address)) {
        fprintf(stderr, "UDP port %d: ", port);
        die("bind");
    }
    if (setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on)) die("SO_TIMESTAMPNS");
    return fd;
}

static double arrival_of(struct msghdr *message)
{
    struct timespec t;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c))
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
            memcpy(&t, CMSG_DATA(c), sizeof t);
            return t.tv_sec + t.tv_nsec * 1e-9;
        }
    clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

void drain_socket(int fd, datagram_handler handle, void *context)
{
    static uint8_t buffers[BATCH][DATAGRAM_BYTES];
    static char control[BATCH][64];
    struct mmsghdr messages[BATCH];
    struct iovec parts[BATCH];
    struct sockaddr_in from[BATCH];
    int count;
    do {
        for (int k = 0; k < BATCH; k++) {
            parts[k] = (struct iovec){buffers[k], DATAGRAM_BYTES};
            messages[k].msg_hdr = (struct msghdr){
                .msg_name = &from[k], .msg_namelen = sizeof from[k], .msg_iov = &parts[k], .msg_iovlen = 1,
                .msg_control = control[k], .msg_controllen = sizeof control[k]};
        }
        count = recvmmsg(fd, messages, BATCH, MSG_DONTWAIT, NULL);
        for (int k = 0; k < count; k++)
            handle(context, buffers[k], messages[k].msg_len, &from[k], arrival_of(&messages[k].msg_hdr));
    } while (count == BATCH);
}
