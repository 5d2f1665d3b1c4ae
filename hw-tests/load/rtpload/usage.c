#define _GNU_SOURCE
#include "usage.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* The 18th of the fields that follow the name in /proc/PID/stat. */
#define THREADS_FIELD "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %d"

/* The sum of utime and stime, in nanoseconds instead of the ticks of 10 ms that /proc/PID/stat shows. */
static double cpu_s(pid_t pid)
{
    clockid_t clock;
    struct timespec t;
    if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &t)) return 0;
    return t.tv_sec + t.tv_nsec * 1e-9;
}

struct usage usage_of(pid_t pid)
{
    struct usage usage = {0};
    char path[64], text[4096];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *file = fopen(path, "re");
    if (!file) return usage;
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    char *after_name = strrchr(text, ')'); /* a name may hold blanks and brackets */
    if (after_name) sscanf(after_name + 2, THREADS_FIELD, &usage.threads);
    usage.cpu_s = cpu_s(pid);
    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", pid);
    if ((file = fopen(path, "re"))) {
        unsigned long kb;
        while (fgets(text, sizeof text, file))
            if (sscanf(text, "Rss: %lu", &kb) == 1) usage.rss_kb = kb;
        fclose(file);
    }
    return usage;
}
