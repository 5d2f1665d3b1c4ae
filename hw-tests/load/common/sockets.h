/* UDP on 127.0.0.1 with the kernel's receive time stamps. */
#pragma once
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

/* Says what failed (errno) and exits with 2. */
void die(const char *what);

/* Non-blocking, bound to 127.0.0.1. Port 0: any. Exits when the port is taken. */
int udp_socket(int port);

typedef void (*datagram_handler)(void *context, uint8_t *bytes, size_t length, const struct sockaddr_in *from,
                                 double received_at_s);

/* Hands every waiting datagram to the handler, with the wall-clock second at which the kernel took it. */
void drain_socket(int fd, datagram_handler handle, void *context);
