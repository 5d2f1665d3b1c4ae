#define _GNU_SOURCE
#include "map.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static void take_line(const char *line, struct leg *legs, const struct options *o)
{
    const char *entry = strstr(line, "LEG ");
    char ip[64], key[128] = "-";
    int local_port, remote_port, payload_type = -1;
    if (!entry || sscanf(entry, "LEG %d %63s %d %127s %d", &local_port, ip, &remote_port, key, &payload_type) < 3)
        return;
    int index = (local_port - o->base_port) / 2;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(remote_port)};
    int ours = local_port >= o->base_port && index < o->legs;
    int loopback = inet_pton(AF_INET, ip, &to.sin_addr) == 1 && ntohl(to.sin_addr.s_addr) >> 24 == 127;
    if (!ours || !loopback) {
        fprintf(stderr, "map: ignored: %s\n", entry);
        return;
    }
    struct leg *leg = &legs[index];
    if (!leg->sending && o->srtp_key && strcmp(key, "-")) secure(leg, o->srtp_key, key);
    if (payload_type >= 0) leg->payload_type = payload_type;
    set_remote(leg, &to);
}

void poll_map(struct leg *legs, const struct options *o)
{
    static FILE *file;
    static char line[1024];
    static size_t length;
    if (!o->map_file || (!file && !(file = fopen(o->map_file, "re")))) return;
    clearerr(file);
    for (int c; (c = fgetc(file)) != EOF;) {
        if (c != '\n') {
            if (length < sizeof line - 1) line[length++] = c;
            continue;
        }
        line[length] = 0;
        length = 0;
        take_line(line, legs, o);
    }
}
