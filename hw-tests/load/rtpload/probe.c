#include "probe.h"

#include <math.h>

#define HOP 8            /* detector step: 1 ms at 8 kHz */
#define FULL_LEVEL 11468 /* of a burst that arrives as loud as it was sent: 0.35 * 32767 */
#define CONFIRM_HOPS 40  /* a burst, not a click: still there for most of 40 ms */
#define CONFIRM_HIGH 32

static double hop_onset(struct detector *d, double envelope, double hop_starts_at)
{
    double found = 0, half = d->peak > 2000 ? d->peak / 2 : FULL_LEVEL * 0.3;
    if (d->hops_since) {
        d->hops_high += envelope >= d->mark * 0.8;
        if (++d->hops_since > CONFIRM_HOPS) {
            if (d->hops_high >= CONFIRM_HIGH) {
                found = d->onset_at;
                d->armed = 0;
            }
            d->hops_since = 0;
        }
    } else if (envelope < half * 0.5) {
        if (++d->quiet_hops > 100) d->armed = 1;
    } else if (envelope >= half) {
        if (d->armed && d->samples > 8000) {
            /* A window of constant level holds half of it when the onset lies in its middle. */
            double part = envelope > d->last_envelope ? (half - d->last_envelope) / (envelope - d->last_envelope) : 1;
            d->onset_at = hop_starts_at + (part * HOP - WINDOW / 2.0) / 8000.0;
            d->mark = half;
            d->hops_since = 1;
            d->hops_high = 0;
        }
        d->quiet_hops = 0;
    }
    d->peak = envelope > d->peak ? envelope : d->peak * 0.9998; /* follows a level change: -20 dB in about 11 s */
    d->last_envelope = envelope;
    return found;
}

double find_onset(struct detector *d, const int16_t *pcm, size_t samples, double arrival_s)
{
    static float cosine[16], sine[16]; /* 2500 Hz at 8 kHz repeats after 16 samples */
    if (cosine[0] == 0)
        for (int k = 0; k < 16; k++) {
            cosine[k] = cos(2 * M_PI * BURST_HZ * k / 8000);
            sine[k] = sin(2 * M_PI * BURST_HZ * k / 8000);
        }
    double found = 0;
    for (size_t k = 0; k < samples; k++) {
        unsigned slot = d->samples % WINDOW;
        float re = pcm[k] * cosine[d->samples % 16], im = pcm[k] * sine[d->samples % 16];
        d->sum_re += re - d->re[slot];
        d->sum_im += im - d->im[slot];
        d->re[slot] = re;
        d->im[slot] = im;
        if (++d->samples % HOP) continue;
        double envelope = sqrt(d->sum_re * d->sum_re + d->sum_im * d->sum_im) * 2 / WINDOW;
        double onset = hop_onset(d, envelope, arrival_s + ((double)k + 1 - HOP) / 8000.0);
        if (onset > 0) found = onset;
    }
    return found;
}
