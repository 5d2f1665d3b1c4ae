/* What a process has used, from /proc. */
#pragma once
#include <sys/types.h>

struct usage {
    double cpu_s; /* user and system, all threads, also those that ended */
    double rss_kb;
    int threads;
};

/* All zero when the process is gone. */
struct usage usage_of(pid_t pid);
