/* What the command line says. */
#pragma once
#include "codec.h"

#include <sys/types.h>

#define MAX_LEGS 2000
#define MAX_PIDS 16

struct options {
    int legs, room_size, base_port;
    int loop;                      /* self test: neighbours send to each other, no server */
    const struct codec *codec;
    const struct codec *odd_codec; /* of legs 1, 3, 5 ... */
    const char *srtp_key;          /* base64; NULL: no leg is secured */
    const char *map_file;          /* where legs' remote addresses are announced while we run */
    double warmup_s, duration_s, setup_timeout_s;
    pid_t pids[MAX_PIDS];          /* server processes to measure */
    int pid_count;
};

/* Exits with 2 and a usage text when the line makes no sense. */
struct options parse_options(int argc, char **argv);
