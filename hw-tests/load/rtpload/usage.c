#include "usage.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

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
    unsigned long user = 0, system = 0;
    if (after_name)
        sscanf(after_name + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %*d %*d %*d %*d %d", &user, &system,
               &usage.threads);
    usage.cpu_s = (double)(user + system) / sysconf(_SC_CLK_TCK);
    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", pid);
    if ((file = fopen(path, "re"))) {
        unsigned long kb;
        while (fgets(text, sizeof text, file))
            if (sscanf(text, "Rss: %lu", &kb) == 1) usage.rss_kb = kb;
        fclose(file);
    }
    return usage;
}
