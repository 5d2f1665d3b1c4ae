/*
 * rtpload: RTP load generator and latency probe for SIP media servers; one thread, N legs.
 *
 * Every leg owns a UDP port pair, sends one packet every 20 ms and checks what comes back: packets, loss, RFC 3550
 * jitter (kernel receive time stamps), the one-way latency through the server (from a tone burst that the first leg of
 * every room sends once a second and the others look for, both on the packets' own time lines, so that it is the delay
 * which the server adds), who hears whose tone, and the CPU time and memory of the server over exactly this window.
 */
#define _GNU_SOURCE
#include "leg.h"
#include "map.h"
#include "probe.h"
#include "report.h"
#include "rtp.h"
#include "sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define TICK_MS 2
#define SLOTS (PACKET_MS / TICK_MS) /* legs are spread over the packet interval */
#define LATE_TICKS 5                /* a wake by more than this many ticks is late */
#define MAX_LATENCY_MS 900

static struct options options;
static struct leg legs[MAX_LEGS];
static double burst_sent_at[MAX_LEGS]; /* by room */
static struct window window;
static int measuring;
static volatile sig_atomic_t stopped;

static void on_signal(int number)
{
    (void)number;
    stopped = 1;
}

static void add_latency(double ms)
{
    static size_t capacity;
    if (window.latencies == capacity) {
        capacity = capacity ? capacity * 2 : 4096;
        window.latency_ms = realloc(window.latency_ms, capacity * sizeof *window.latency_ms);
        if (!window.latency_ms) die("memory");
    }
    window.latency_ms[window.latencies++] = ms;
}

static void on_onset(struct leg *leg, double at_s)
{
    double sent_at = burst_sent_at[leg->room];
    if (!measuring) return;
    if (leg->first_of_room) {
        leg->self_bursts++;
        return;
    }
    double own_delay_ms = (leg->codec->delay_ms + legs[leg->room * options.room_size].codec->delay_ms) / 2;
    double ms = (at_s - sent_at) * 1000 - own_delay_ms;
    if (sent_at > 0 && ms < MAX_LATENCY_MS) add_latency(ms);
}

static void on_rtp(void *context, uint8_t *bytes, size_t length, const struct sockaddr_in *from, double at_s)
{
    static struct heard heard;
    struct leg *leg = context;
    (void)from;
    take_packet(leg, bytes, length, at_s, &heard);
    for (int k = 0; k < heard.samples; k++) leg->last_second[leg->samples_heard++ % 8000] = heard.pcm[k];
    double onset = find_onset(&leg->detector, heard.pcm, heard.samples, at_s);
    if (onset > 0) on_onset(leg, onset);
}

static void on_rtcp(void *context, uint8_t *bytes, size_t length, const struct sockaddr_in *from, double at_s)
{
    (void)bytes, (void)length, (void)from, (void)at_s;
    ((struct leg *)context)->rtcp_received++;
}

static void send_due(uint64_t tick)
{
    for (int i = tick % SLOTS; i < options.legs; i += SLOTS) {
        struct leg *leg = &legs[i];
        if (!leg->has_remote) continue;
        if (leg->loop_position == BURST_PACKET && leg->first_of_room)
            burst_sent_at[leg->room] = now_s() + BURST_SAMPLE / 8000.0;
        send_packet(leg);
    }
}

static void receive_all(int poller)
{
    static struct epoll_event ready[2 * MAX_LEGS];
    int count = epoll_wait(poller, ready, 2 * MAX_LEGS, 0);
    for (int k = 0; k < count; k++) {
        struct leg *leg = &legs[ready[k].data.u32 / 2];
        if (ready[k].data.u32 & 1) drain_socket(leg->rtcp_fd, on_rtcp, leg);
        else drain_socket(leg->rtp_fd, on_rtp, leg);
    }
}

static int open_all(void)
{
    int poller = epoll_create1(EPOLL_CLOEXEC);
    if (poller < 0) die("epoll");
    for (int i = 0; i < options.legs; i++) {
        open_leg(legs, i, &options);
        struct epoll_event rtp = {.events = EPOLLIN, .data.u32 = 2 * i};
        struct epoll_event rtcp = {.events = EPOLLIN, .data.u32 = 2 * i + 1};
        if (epoll_ctl(poller, EPOLL_CTL_ADD, legs[i].rtp_fd, &rtp) ||
            epoll_ctl(poller, EPOLL_CTL_ADD, legs[i].rtcp_fd, &rtcp))
            die("epoll");
    }
    for (int i = 0; options.loop && i < options.legs; i++) {
        int neighbour = i ^ 1;
        struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        to.sin_port = htons(options.base_port + 2 * neighbour);
        if (neighbour >= options.legs) continue;
        if (options.srtp_key) secure(&legs[i], options.srtp_key, options.srtp_key);
        set_remote(&legs[i], &to);
    }
    return poller;
}

static int all_receive(void)
{
    for (int i = 0; i < options.legs; i++)
        if (!legs[i].received_ever) return 0;
    return 1;
}

static double own_cpu_s(void)
{
    struct rusage r;
    getrusage(RUSAGE_SELF, &r);
    return r.ru_utime.tv_sec + r.ru_stime.tv_sec + (r.ru_utime.tv_usec + r.ru_stime.tv_usec) * 1e-6;
}

static void begin_window(void)
{
    for (int i = 0; i < options.legs; i++) forget_statistics(&legs[i]);
    measuring = 1;
    window.late_ticks = 0;
    window.generator_cpu_s = own_cpu_s();
    for (int k = 0; k < options.pid_count; k++) window.before[k] = usage_of(options.pids[k]);
}

static void end_window(double seconds)
{
    window.seconds = seconds;
    window.generator_cpu_s = own_cpu_s() - window.generator_cpu_s;
    for (int k = 0; k < options.pid_count; k++) window.after[k] = usage_of(options.pids[k]);
}

/* Seconds of the window, or -1 when a signal ended the run before there was one. */
static double run(int poller, int timer)
{
    uint64_t tick = 0, expired;
    double started_at = now_s(), ready_at = 0, measured_from = 0;
    while (!stopped) {
        if (read(timer, &expired, sizeof expired) != sizeof expired) {
            if (errno == EINTR) continue;
            die("timer");
        }
        if (expired > LATE_TICKS) window.late_ticks += expired - 1;
        for (; expired; expired--) send_due(tick++); /* after a stall, catch up: keep the packet rate */
        receive_all(poller);
        if (tick % 10 == 0) poll_map(legs, &options);
        double now = now_s();
        if (!ready_at) {
            if ((tick % 25 == 0 && all_receive()) || now - started_at > options.setup_timeout_s) ready_at = now;
        } else if (!measuring && now - ready_at >= options.warmup_s) {
            begin_window();
            measured_from = now_s();
        } else if (measuring && now - measured_from >= options.duration_s) {
            return now - measured_from;
        }
    }
    return measuring ? now_s() - measured_from : -1;
}

int main(int argc, char **argv)
{
    options = parse_options(argc, argv);
    struct rlimit files = {8192, 8192};
    setrlimit(RLIMIT_NOFILE, &files);
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    srand(getpid() ^ time(NULL));

    int poller = open_all();
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    struct itimerspec every = {{0, TICK_MS * 1000000}, {0, TICK_MS * 1000000}};
    if (timer < 0 || timerfd_settime(timer, 0, &every, NULL)) die("timer");

    double seconds = run(poller, timer);
    if (seconds < 0) {
        fprintf(stderr, "stopped before measuring\n");
        return 2;
    }
    end_window(seconds);
    print_report(legs, &options, &window);
    for (int i = 0; i < options.legs; i++)
        if (!legs[i].received) return 1;
    return 0;
}
