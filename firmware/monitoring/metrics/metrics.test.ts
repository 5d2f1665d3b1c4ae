import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ManualClock } from '../../base/manual-clock.ts';
import type { MeasuredCall } from '../../calls/measured-call.ts';
import { SetUpTimes } from '../../calls/set-up-times.ts';
import { mediaFigures } from '../../quality/call-media.ts';
import { figures } from '../../quality/quality.samples.ts';
import { newCounters } from '../../sip/transport/transport-counters.ts';
import { type MetricSources, Metrics } from './metrics.ts';
import { metricValue, parseMetrics } from './prometheus-text.fixture.ts';

const capacity = { calls: 3, legs: 4, limit: 120, boundBy: 'worker', refusing: 'worker-busy' } as const;

const sources: MetricSources = {
  calls: () => ({ states: ['ACTIVE', 'ACTIVE', 'ON_HOLD'], refused: new Map([['no-trunk', 2]]) }),
  workers: async () => [
    {
      legs: 4,
      sessions: 2,
      busyRatio: 0.25,
      tickLateUsP99: 1500,
      tickLateUsMax: 2500,
      skippedTicks: 1,
      iceStrangers: 0,
      iceStreams: 0,
      iceStreamsRefused: 0,
    },
    null,
  ],
  sip: () => ({
    counters: {
      ...newCounters(),
      strangers: 7,
      overloaded: 0,
      repeatedIn: 1,
      repeatedOut: 2,
      streams: {} as never,
    },
    held: { clientTransactions: 1, serverTransactions: 2, dialogs: 3, connections: 4, timers: 5, callIds: 6 },
    traceBytes: 1000,
  }),
  trunks: () => [
    {
      name: 'carrier',
      state: 'down',
      since: 0,
      reason: 'no response',
      targets: [{ target: 'sip:x', state: 'down', since: 0, reason: null, roundTripMs: null }],
      registration: { state: 'registered', since: 0, expiresAt: 1, reason: null },
      calls: { in: 1, out: 2 },
      refused: { 'policy.rate': 3 },
    },
  ],
  outbox: async () => ({
    backlogs: [
      { target: 'webhook:call:46000001', pending: 3, oldest: 40_000, deadLetters: 1 },
      { target: 'webhook:session:46000001', pending: 2, oldest: 55_000, deadLetters: 0 },
    ],
    now: 60_000,
    deliveries: { webhooks: { delivered: 10, failed: 4, givenUp: 1 }, mqtt: { delivered: 20 } },
    dropped: 1,
    mqttConnected: false,
    storeWaiting: 5,
    storeErrors: 0,
    storeHealthy: true,
  }),
  admission: () => ({ capacity, refused: new Map([['worker-busy', 9]]) }),
  box: () => ({
    version: '1.2.3',
    node: 'v20',
    certificates: [{ use: 'https', notAfter: 1_800_000_000_000 }],
    freePorts: 50,
    draining: false,
  }),
};

function endedCall(): MeasuredCall {
  const setUp = new SetUpTimes();
  setUp.mark('requested', 0);
  setUp.mark('invited', 3);
  setUp.mark('ringing', 803);
  setUp.mark('answered', 4_003);
  setUp.mark('heard', 4_023);
  return {
    direction: 'outbound',
    seconds: 90,
    verdict: { code: '700', message: 'Normal Clearing', retriable: false, endedBy: 'callee' },
    setUp,
    legs: [{ leg: 'one', side: 'first', call: mediaFigures(figures) }],
  };
}

async function scraped(metrics: Metrics) {
  return parseMetrics((await metrics.render('text')).text);
}

const expected: [name: string, labels: Record<string, string>, value: number][] = [
  ['crosspoint_calls', { state: 'active' }, 2],
  ['crosspoint_calls', { state: 'ringing' }, 0],
  ['crosspoint_calls_refused_total', { cause: 'no-trunk' }, 2],
  ['crosspoint_calls_ended_total', { direction: 'outbound', result: 'completed', reason: 'normal-clearing' }, 1],
  ['crosspoint_call_duration_seconds_sum', {}, 90],
  ['crosspoint_call_request_to_invite_seconds_sum', {}, 0.003],
  ['crosspoint_call_invite_to_ringing_seconds_bucket', { le: '0.5' }, 0],
  ['crosspoint_call_invite_to_ringing_seconds_bucket', { le: '1' }, 1],
  ['crosspoint_call_answer_to_rtp_seconds_sum', { direction: 'outbound' }, 0.02],
  ['crosspoint_media_jitter_seconds_count', { direction: 'received' }, 1],
  ['crosspoint_worker_up', { worker: '0' }, 1],
  ['crosspoint_worker_up', { worker: '1' }, 0],
  ['crosspoint_worker_tick_late_p99_seconds', { worker: '0' }, 0.0015],
  ['crosspoint_sip_discarded_total', { reason: 'strangers' }, 7],
  ['crosspoint_sip_retransmissions_total', { direction: 'out' }, 2],
  ['crosspoint_trunk_up', { trunk: 'carrier' }, 0],
  ['crosspoint_trunk_registered', { trunk: 'carrier' }, 1],
  ['crosspoint_trunk_refused_total', { trunk: 'carrier', code: 'policy.rate' }, 3],
  ['crosspoint_outbox_events', { target: 'webhook' }, 5],
  ['crosspoint_outbox_events', { target: 'mqtt' }, 0],
  ['crosspoint_outbox_oldest_age_seconds', { target: 'webhook' }, 20],
  ['crosspoint_outbox_oldest_age_seconds', { target: 'mqtt' }, 0],
  ['crosspoint_dead_letters', {}, 1],
  ['crosspoint_webhook_attempts_total', { result: 'failed' }, 4],
  ['crosspoint_store_waiting_requests', {}, 5],
  ['crosspoint_admission_refusing', { reason: 'worker-busy' }, 1],
  ['crosspoint_admission_refused_total', { reason: 'worker-busy' }, 9],
  ['crosspoint_capacity_calls', {}, 120],
  ['crosspoint_certificate_not_after_timestamp_seconds', { use: 'https' }, 1_800_000_000],
  ['crosspoint_build_info', { version: '1.2.3' }, 1],
];

test('what happens is counted, and what is asked for is shown', async () => {
  const metrics = new Metrics(sources, new ManualClock());
  metrics.ended(endedCall());
  const families = await scraped(metrics);
  for (const [name, labels, value] of expected) assert.is(metricValue(families, name, labels), value, name);
});

test('every metric has a unit that Prometheus knows, a sentence, and labels of few values', () => {
  const { described } = new Metrics(sources, new ManualClock());
  for (const { name, help, labels = [] } of described) {
    assert.match(name, /^crosspoint_[a-z0-9_]+$/);
    assert.not.match(name, /_(ms|milliseconds|kb|percent|minutes)(_|$)/, name);
    assert.ok(help.length > 5, name);
    for (const label of labels) assert.not.match(label, /(^|_)(id|number|uri|address|project|session|call)$/, name);
  }
  assert.is(new Set(described.map(({ name }) => name)).size, described.length);
});

test('thousands of different ends make no more series than there are reasons', async () => {
  const metrics = new Metrics(sources, new ManualClock());
  for (let end = 0; end < 3_000; end++) {
    const verdict = { ...endedCall().verdict, code: String(100 + (end % 900)), message: `phrase ${end}` };
    metrics.ended({ ...endedCall(), verdict });
  }
  const { samples = [] } = (await scraped(metrics)).get('crosspoint_calls_ended_total') ?? {};
  assert.ok(samples.length < 150, `${samples.length} series`);
});

test.run();
