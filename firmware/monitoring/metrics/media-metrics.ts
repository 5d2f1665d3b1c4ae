import type { Counter, Histogram } from 'prom-client';
import type { MeasuredCall } from '../../calls/measured-call.ts';
import type { MediaFigures } from '../../quality/call-media.ts';
import type { MetricSet } from './metric-set.ts';

const labels = ['direction'] as const;

/** What was measured of the legs of calls, of each once, when its call is over. */
export class MediaMetrics {
  readonly #mos: Histogram;
  readonly #loss: Histogram;
  readonly #jitter: Histogram;
  readonly #roundTrip: Histogram;
  readonly #concealed: Counter;

  constructor(set: MetricSet) {
    this.#mos = set.histogram({
      name: 'crosspoint_media_mos',
      help: 'estimated MOS (E-model, each codec on its own scale) of what came from far ends (received), and of what they heard (sent)',
      labels,
      buckets: [1, 2, 2.5, 3, 3.25, 3.5, 3.75, 4, 4.1, 4.2, 4.3, 4.4, 4.5],
    });
    this.#loss = set.histogram({
      name: 'crosspoint_media_loss_ratio',
      help: 'share of packets lost on the network; sent: as far ends report',
      labels,
      buckets: [0, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1],
    });
    this.#jitter = set.histogram({
      name: 'crosspoint_media_jitter_seconds',
      help: 'interarrival jitter (RFC 3550); sent: as far ends report',
      labels,
      buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2],
    });
    this.#roundTrip = set.histogram({
      name: 'crosspoint_media_round_trip_seconds',
      help: 'round trip by RTCP, mean of a call',
      buckets: [0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1],
    });
    this.#concealed = set.counter({
      name: 'crosspoint_media_concealed_seconds_total',
      help: 'sound that had to be made up because its packets did not come in time',
    });
  }

  ended({ legs }: MeasuredCall): void {
    for (const { call } of legs) if (call) this.#leg(call);
  }

  #leg({ received, sent, roundTripMs }: MediaFigures): void {
    for (const [direction, figures] of [
      ['received', received],
      ['sent', sent],
    ] as const) {
      observe(this.#mos, direction, figures.mos?.mos ?? null);
      observe(this.#loss, direction, figures.lossRatio);
      observe(this.#jitter, direction, figures.jitterMs === null ? null : figures.jitterMs / 1000);
    }
    if (roundTripMs !== null) this.#roundTrip.observe(roundTripMs / 1000);
    this.#concealed.inc(received.concealedMs / 1000);
  }
}

function observe(histogram: Histogram, direction: string, value: number | null): void {
  if (value !== null) histogram.observe({ direction }, value);
}
