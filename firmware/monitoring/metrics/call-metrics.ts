import type { Counter, Histogram } from 'prom-client';
import type { MeasuredCall } from '../../calls/measured-call.ts';
import { reasonSlug } from '../../calls/reason-slug.ts';
import type { SetUpStage } from '../../calls/set-up-times.ts';
import { type CallState, callStates } from '../../calls/state.ts';
import { callResult } from '../../records/call-result.ts';
import type { HistogramAbout, MetricSet } from './metric-set.ts';

/** Seconds: from what a box adds to what people take. */
const FAST = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1];
const SLOW = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60, 120];
const TALKING = [1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600];

type StageAbout = HistogramAbout & { readonly from: SetUpStage; readonly to: SetUpStage };

const labels = ['direction'] as const;

const STAGES: readonly StageAbout[] = [
  {
    name: 'crosspoint_call_request_to_invite_seconds',
    help: 'from the request to dial to its INVITE on the wire',
    from: 'requested',
    to: 'invited',
    buckets: FAST,
    labels,
  },
  {
    name: 'crosspoint_call_invite_to_provisional_seconds',
    help: 'from our INVITE to the first provisional response, 100 included',
    from: 'invited',
    to: 'provisional',
    buckets: SLOW,
    labels,
  },
  {
    name: 'crosspoint_call_invite_to_ringing_seconds',
    help: "from our INVITE, or the caller's, to the first response above 100 of who is called",
    from: 'invited',
    to: 'ringing',
    buckets: SLOW,
    labels,
  },
  {
    name: 'crosspoint_call_invite_to_answer_seconds',
    help: "from our INVITE, or the caller's, to the answer; of calls into sessions it is what the box takes",
    from: 'invited',
    to: 'answered',
    buckets: SLOW,
    labels,
  },
  {
    name: 'crosspoint_call_answer_to_rtp_seconds',
    help: 'from the answer to the first RTP packet of a far end; 0 when it had come before',
    from: 'answered',
    to: 'heard',
    buckets: SLOW,
    labels,
  },
];

/** Calls that there are, and those that are over. */
export class CallMetrics {
  readonly #ended: Counter;
  readonly #talked: Histogram;
  readonly #stages: readonly (readonly [about: StageAbout, histogram: Histogram])[];

  /** @param states of the live calls, and how many incoming ones were refused by cause */
  constructor(
    set: MetricSet,
    live: () => { readonly states: readonly CallState[]; readonly refused: ReadonlyMap<string, number> },
  ) {
    set.read(live, [
      {
        name: 'crosspoint_calls',
        type: 'gauge',
        help: 'calls that there are, by their state',
        labels: ['state'],
        read: ({ states }) =>
          callStates
            .filter(state => state !== 'HANGUP')
            .map(state => [{ state: state.toLowerCase() }, states.filter(each => each === state).length]),
      },
      {
        name: 'crosspoint_calls_refused_total',
        type: 'counter',
        help: 'INVITEs that were refused before they became calls, by cause',
        labels: ['cause'],
        read: ({ refused }) => [...refused].map(([cause, count]) => [{ cause }, count]),
      },
    ]);
    this.#ended = set.counter({
      name: 'crosspoint_calls_ended_total',
      help: 'calls that are over, by how they went; reason: of a SIP status its registered phrase',
      labels: ['direction', 'result', 'reason'],
    });
    this.#talked = set.histogram({
      name: 'crosspoint_call_duration_seconds',
      help: 'from answer to end, of calls that were answered',
      labels,
      buckets: TALKING,
    });
    this.#stages = STAGES.map(about => [about, set.histogram(about)]);
  }

  ended(call: MeasuredCall): void {
    const { direction, verdict, seconds, setUp } = call;
    const result = callResult(verdict, seconds !== null);
    this.#ended.inc({ direction, result, reason: reasonSlug(verdict.code) });
    if (seconds !== null) this.#talked.observe({ direction }, seconds);
    for (const [{ from, to }, histogram] of this.#stages) {
      const took = setUp.seconds(from, to);
      if (took !== null) histogram.observe({ direction }, took);
    }
  }
}
