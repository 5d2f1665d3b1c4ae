#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

static void usage(void)
{
    fprintf(stderr,
            "rtpload [options]\n"
            "  -n, --legs N           legs (default 10, at most %d)\n"
            "  -r, --room-size N      legs i*N..i*N+N-1 share a room (default 2)\n"
            "  -b, --base-port P      leg i uses UDP P+2i (RTP) and P+2i+1 (RTCP) on 127.0.0.1 (default 40000)\n"
            "  -c, --codec C          PCMU, PCMA, G722 or opus (default PCMU)\n"
            "  -C, --odd-codec C      of legs 1, 3, 5 ... (default: the same)\n"
            "  -k, --srtp KEY         SDES key of the legs that are secured (all in the self test): 30 bytes in base64\n"
            "  -m, --map FILE         follow FILE for lines \"LEG localport ip remoteport [KEY|- [PAYLOADTYPE]]\"\n"
            "      --loop             self test: legs 2k and 2k+1 send to each other, no server\n"
            "  -w, --warmup S         seconds to run after all legs receive, before measuring (default 3)\n"
            "  -d, --duration S       measured seconds (default 20)\n"
            "  -T, --setup-timeout S  give up waiting for all legs after S seconds, measure what there is (default 60)\n"
            "  -P, --pid PID          server process to measure; may be given %d times\n"
            "Prints one JSON object. Exit 0: all legs received; 1: some did not; 2: could not run.\n",
            MAX_LEGS, MAX_PIDS);
    exit(2);
}

struct options parse_options(int argc, char **argv)
{
    static const struct option long_options[] = {
        {"legs", 1, 0, 'n'},      {"room-size", 1, 0, 'r'}, {"base-port", 1, 0, 'b'}, {"codec", 1, 0, 'c'},
        {"odd-codec", 1, 0, 'C'}, {"srtp", 1, 0, 'k'},      {"map", 1, 0, 'm'},       {"loop", 0, 0, 'l'},
        {"warmup", 1, 0, 'w'},    {"duration", 1, 0, 'd'},  {"pid", 1, 0, 'P'},       {"setup-timeout", 1, 0, 'T'}, {0},
    };
    struct options o = {
        .legs = 10, .room_size = 2, .base_port = 40000, .codec = codec_named("PCMU"),
        .warmup_s = 3, .duration_s = 20, .setup_timeout_s = 60,
    };
    int letter, odd_given = 0;
    while ((letter = getopt_long(argc, argv, "n:r:b:c:C:k:m:w:d:T:P:", long_options, NULL)) != -1) switch (letter) {
        case 'n': o.legs = atoi(optarg); break;
        case 'r': o.room_size = atoi(optarg); break;
        case 'b': o.base_port = atoi(optarg); break;
        case 'c': o.codec = codec_named(optarg); break;
        case 'C': o.odd_codec = codec_named(optarg), odd_given = 1; break;
        case 'k': o.srtp_key = optarg; break;
        case 'm': o.map_file = optarg; break;
        case 'l': o.loop = 1; break;
        case 'w': o.warmup_s = atof(optarg); break;
        case 'd': o.duration_s = atof(optarg); break;
        case 'T': o.setup_timeout_s = atof(optarg); break;
        case 'P':
            if (o.pid_count == MAX_PIDS || atoi(optarg) <= 0) usage();
            o.pids[o.pid_count++] = atoi(optarg);
            break;
        default: usage();
        }
    if (!odd_given) o.odd_codec = o.codec;
    int ports_fit = o.base_port > 0 && o.base_port + 2 * o.legs <= 65536;
    if (optind != argc || !o.codec || !o.odd_codec || o.legs < 1 || o.legs > MAX_LEGS || o.room_size < 1 ||
        !ports_fit || o.warmup_s < 0 || o.duration_s <= 0 || o.duration_s > 3600 || o.loop == !!o.map_file)
        usage();
    return o;
}
