import type { Load } from '../../../pipelines/protocol/figures.ts';
import type { Clock } from '../../base/clock.ts';
import type { MeasuredCall } from '../../calls/measured-call.ts';
import type { CallState } from '../../calls/state.ts';
import type { TrunkView } from '../../trunks/trunk-view.ts';
import { type AdmissionFigures, admissionMetrics } from './admission-metrics.ts';
import { type BoxFigures, boxMetrics } from './box-metrics.ts';
import { CallMetrics } from './call-metrics.ts';
import { MediaMetrics } from './media-metrics.ts';
import { type Described, type Exposition, MetricSet } from './metric-set.ts';
import { type OutboxFigures, outboxMetrics } from './outbox-metrics.ts';
import { type SipFigures, sipMetrics } from './sip-metrics.ts';
import { trunkMetrics } from './trunk-metrics.ts';
import { workerMetrics } from './worker-metrics.ts';

/** Who is asked at a scrape; each must answer from what it holds. */
export interface MetricSources {
  /** States of the live calls, and how many incoming ones were refused by cause. */
  calls(): { readonly states: readonly CallState[]; readonly refused: ReadonlyMap<string, number> };
  workers(): Promise<readonly (Load | null)[]>;
  sip(): SipFigures;
  trunks(): readonly TrunkView[];
  outbox(): Promise<OutboxFigures>;
  admission(): AdmissionFigures;
  box(): BoxFigures;
}

/** Everything that Prometheus is told of the box. */
export class Metrics {
  readonly #set: MetricSet;
  readonly #calls: CallMetrics;
  readonly #media: MediaMetrics;

  constructor(sources: MetricSources, clock: Clock) {
    const set = new MetricSet(clock);
    this.#set = set;
    this.#calls = new CallMetrics(set, () => sources.calls());
    this.#media = new MediaMetrics(set);
    set.read(() => sources.workers(), workerMetrics);
    set.read(() => sources.sip(), sipMetrics);
    set.read(() => sources.trunks(), trunkMetrics);
    set.read(() => sources.outbox(), outboxMetrics);
    set.read(() => sources.admission(), admissionMetrics);
    set.read(() => sources.box(), boxMetrics);
  }

  /** With those of the process, of Node and of its event loop, which are measured from then on. */
  withDefaults(): this {
    this.#set.withDefaults();
    return this;
  }

  /** A call is over. */
  ended(call: MeasuredCall): void {
    this.#calls.ended(call);
    this.#media.ended(call);
  }

  render(format: 'text' | 'openmetrics'): Promise<Exposition> {
    return this.#set.render(format);
  }

  /** Our own, by name. */
  get described(): readonly Described[] {
    return this.#set.described;
  }
}
