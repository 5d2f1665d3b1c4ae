/* What a process has used, from /proc. */
#pragma once
#include <sys/types.h>

struct usage {
    double cpu_s; /* utime + stime: the kernel splits the two by tick samples, only their sum is exact */
    double rss_kb;
    int threads;
};

/* All zero when the process is gone. */
struct usage usage_of(pid_t pid);
