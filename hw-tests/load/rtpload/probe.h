/* The latency probe: finds the onset of the burst in what a leg hears. */
#pragma once
#include "leg.h"

/* Seconds at which an onset lies, on the receiver's time line; 0 when these samples confirm none. */
double find_onset(struct detector *d, const int16_t *pcm, size_t samples, double arrival_s);
