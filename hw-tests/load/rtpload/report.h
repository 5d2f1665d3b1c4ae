/* The one JSON object that a run prints. */
#pragma once
#include "leg.h"
#include "usage.h"

struct window {
    double seconds;
    uint64_t late_ticks;   /* 2 ms ticks by which the generator itself was late, in wakes over 10 ms */
    double generator_cpu_s;
    struct usage before[MAX_PIDS], after[MAX_PIDS];
    double *latency_ms;    /* sorted by print_report */
    size_t latencies;
};

void print_report(const struct leg *legs, const struct options *o, struct window *window);
