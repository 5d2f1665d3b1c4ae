#include "report.h"

#include "rtp.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define HEARD_LEVEL 150 /* of tones that were sent at about 1000 */

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double percentile(const double *sorted, size_t count, double part)
{
    return sorted[(size_t)(part * (count - 1) + 0.5)];
}

/* Goertzel: the amplitude of hz in one second at 8 kHz. */
static double tone_level(const float *samples, double hz)
{
    double c = 2 * cos(2 * M_PI * hz / 8000), a = 0, b = 0;
    for (int k = 0; k < 8000; k++) {
        double t = samples[k] + c * a - b;
        b = a;
        a = t;
    }
    return sqrt(fmax(0, a * a + b * b - c * a * b)) * 2 / 8000;
}

struct tones {
    int heard, expected, self;
};

static void count_tones(const struct leg *legs, int index, const struct options *o, struct tones *tones)
{
    const struct leg *leg = &legs[index];
    if (leg->samples_heard < 8000) return;
    int first = leg->room * o->room_size;
    for (int other = first; other < first + o->room_size && other < o->legs; other++) {
        int heard = tone_level(leg->last_second, leg_tone_hz(other, o->room_size)) > HEARD_LEVEL;
        if (other == index) {
            tones->self += heard;
        } else {
            tones->expected++;
            tones->heard += heard;
        }
    }
}

static void print_latency(struct window *w)
{
    if (!w->latencies) {
        printf("\"latencyMs\":null,");
        return;
    }
    qsort(w->latency_ms, w->latencies, sizeof *w->latency_ms, ascending);
    printf("\"latencyMs\":{\"count\":%zu,\"p50\":%.2f,\"p95\":%.2f,\"p99\":%.2f,\"max\":%.2f},", w->latencies,
           percentile(w->latency_ms, w->latencies, .5), percentile(w->latency_ms, w->latencies, .95),
           percentile(w->latency_ms, w->latencies, .99), w->latency_ms[w->latencies - 1]);
}

static void print_processes(const struct options *o, const struct window *w)
{
    printf("\"processes\":[");
    for (int k = 0; k < o->pid_count; k++)
        printf("%s{\"pid\":%d,\"cpuS\":%.4f,\"rssKb\":%.0f,\"threads\":%d}", k ? "," : "", (int)o->pids[k],
               w->after[k].cpu_s - w->before[k].cpu_s, w->after[k].rss_kb, w->after[k].threads);
    printf("]}\n");
}

void print_report(const struct leg *legs, const struct options *o, struct window *w)
{
    uint64_t received = 0, duplicates = 0, reordered = 0, errors = 0, self_bursts = 0, other = 0, malformed = 0;
    int64_t lost = 0;
    int active = 0, secured = 0;
    double jitter_ms = 0, gap_ms = 0;
    struct tones tones = {0};
    for (int i = 0; i < o->legs; i++) {
        const struct leg *leg = &legs[i];
        active += leg->received > 0;
        secured += leg->receiving != NULL;
        received += leg->received;
        lost += packets_lost(leg);
        duplicates += leg->duplicates;
        reordered += leg->reordered;
        errors += leg->send_errors;
        self_bursts += leg->self_bursts;
        other += leg->other_payload_type;
        malformed += leg->malformed;
        jitter_ms = fmax(jitter_ms, leg->jitter_max * 1000 / leg->codec->clock_rate);
        gap_ms = fmax(gap_ms, leg->max_gap * 1000);
        count_tones(legs, i, o, &tones);
    }
    double expected = o->legs * w->seconds * 1000 / PACKET_MS;
    printf("{\"codec\":\"%s\",\"oddCodec\":\"%s\",\"legs\":%d,\"roomSize\":%d,", o->codec->name, o->odd_codec->name, o->legs,
           o->room_size);
    printf("\"active\":%d,\"secured\":%d,\"seconds\":%.3f,", active, secured, w->seconds);
    printf("\"received\":%llu,\"expected\":%.0f,\"lost\":%lld,\"duplicates\":%llu,\"reordered\":%llu,",
           (unsigned long long)received, expected, (long long)lost, (unsigned long long)duplicates,
           (unsigned long long)reordered);
    printf("\"otherPayloadType\":%llu,\"malformed\":%llu,\"sendErrors\":%llu,\"jitterMaxMs\":%.2f,\"maxGapMs\":%.1f,",
           (unsigned long long)other, (unsigned long long)malformed, (unsigned long long)errors, jitter_ms, gap_ms);
    print_latency(w);
    printf("\"tonesHeard\":%d,\"tonesExpected\":%d,\"selfTones\":%d,\"selfBursts\":%llu,", tones.heard, tones.expected,
           tones.self, (unsigned long long)self_bursts);
    printf("\"lateTicks\":%llu,\"generatorCpuS\":%.2f,", (unsigned long long)w->late_ticks, w->generator_cpu_s);
    print_processes(o, w);
}
