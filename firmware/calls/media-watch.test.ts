import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { LegFlow, LegQuality, LegStats } from '../../pipelines/protocol/figures.ts';
import type { CallId, LegId, ProjectId } from '../base/ids.ts';
import { silentLog } from '../base/log.ts';
import { ManualClock } from '../base/manual-clock.ts';
import type { MediaLeg } from '../media/media.ts';
import type { CallMediaRecord, LegMedia } from '../quality/call-media.ts';
import { figures } from '../quality/quality.samples.ts';
import { writtenServices } from './call.fixture.ts';
import { Call } from './call.ts';
import type { CallEvent } from './events.ts';
import { MediaWatch } from './media-watch.ts';
import { endReasons } from './reasons.ts';
import { SILENT } from './sip-side.ts';

/** A box with one bridged call, whose workers say what a test wants them to. */
interface Context {
  clock: ManualClock;
  call: Call;
  watch: MediaWatch;
  clients: { size: number };
  /** Of which legs the clients were given the figures. */
  measured: LegId[][];
  /** Milliseconds since the last packet, by leg; a leg that is not in it is not told of. */
  missing: Map<string, number>;
  events: CallEvent[];
  published: { id: string; legs: readonly LegMedia[] }[];
  kept: CallMediaRecord[];
  /** Lets time pass, and everything happen that waits for it. */
  pass: (ms: number) => Promise<void>;
}

const test = suite<Context>('the watch over the media of all calls');

test.before.each(async context => {
  const clock = new ManualClock();
  const { services, events, kept } = writtenServices(clock);
  const published: Context['published'] = [];
  const measured: LegId[][] = [];
  const missing = new Map([
    ['a', 10],
    ['b', 10],
  ]);
  const ref = {
    id: 'call' as CallId,
    project: 'p' as ProjectId,
    session: null,
    connection: null,
    createdAt: clock.now(),
  };
  const sides = [
    { leg: legOf('a'), signalling: SILENT },
    { leg: legOf('b'), signalling: SILENT },
  ] as const;
  const call = new Call({ ref, direction: 'inbound', from: 'x', to: 'y' }, sides, services, async () => {});
  const clients = { size: 0, measured: (of: ReadonlyMap<LegId, LegQuality>) => void measured.push([...of.keys()]) };
  const watch = new MediaWatch({
    media: {
      flow: async () => new Map([...missing].map(([id, ms]) => [id as LegId, flowOf(id, ms)])),
      quality: async () => new Map([...missing.keys()].map(id => [id as LegId, qualityOf(id)])),
    },
    calls: () => (call.state === 'HANGUP' ? [] : [call]),
    clients,
    silenceMs: 20_000,
    publish: ({ id }, legs) => void published.push({ id, legs }),
    clock,
    log: silentLog,
  });
  await watch.start();
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 50) {
      clock.advance(50);
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    }
  };
  Object.assign(context, { clock, call, watch, clients, measured, missing, events, published, kept, pass });
});

test.after.each(async ({ watch, clock, call }) => {
  await watch.close();
  await call.end('box', endReasons.normalClearing);
  assert.is(clock.pendingTimers, 0, 'timers are left');
});

function legOf(id: string): MediaLeg {
  return {
    id: id as LegId,
    local: { address: '127.0.0.1', rtpPort: 1, rtcpPort: 2 },
    update: async () => {},
    sendDigits: async () => ({ queuedMs: 0 }),
    visit: () => true,
    play: () => Promise.reject(new Error('nothing is played')),
    stats: () => Promise.reject(new Error('not asked for')),
    close: async () => ({ received: {}, sent: {}, quality: { ...figures, ms: 60_000 } }) as unknown as LegStats,
  };
}

function flowOf(leg: string, sinceReceivedMs: number): LegFlow {
  const flows = { receives: true, sends: true, received: 1, sent: 1, sendErrors: 0, sinceSoundMs: 0 };
  return { leg, ...flows, sinceReceivedMs, sinceReportMs: null, deafMs: null, missed: null };
}

function qualityOf(leg: string): LegQuality {
  return { leg, interval: figures, call: { ...figures, ms: 10_000 } };
}

const problemsIn = (events: readonly CallEvent[]) =>
  events.flatMap(event => (event.type === 'callMediaChanged' ? [`${event.present} ${event.problem.side}`] : []));

test('an answered call has its figures published every five seconds, both sides with their MOS', async context => {
  const { call, pass, published } = context;
  await pass(6_000);
  assert.equal(published, [], 'it has not been answered');
  call.active();
  await pass(10_000);
  assert.is(published.length, 2);
  const legs = published[1]?.legs ?? [];
  assert.equal(
    legs.map(({ leg, side, interval, call: whole }) => [leg, side, interval.received.mos?.scale, whole.ms]),
    [
      ['a', 'first', 'narrowband', 10_000],
      ['b', 'second', 'narrowband', 10_000],
    ],
  );
  assert.is(call.quality.lastInterval, legs);
});

test('a worker that does not tell of a leg gives no half figures, and raises nothing', async context => {
  const { call, pass, published, missing, events } = context;
  call.active();
  missing.delete('b');
  await pass(10_000);
  assert.equal([published, problemsIn(events)], [[], []]);
});

test('a side that is not heard is told of by name, and again when it is back', async context => {
  const { call, pass, events, missing } = context;
  call.active();
  await pass(3_000);
  assert.equal(problemsIn(events), []);
  missing.set('b', 2_500);
  await pass(1_000);
  assert.equal(problemsIn(events), ['true second']);
  assert.is(call.quality.problems[0]?.kind, 'no-media');
  missing.set('b', 10);
  await pass(1_000);
  assert.equal([problemsIn(events), call.quality.problems], [['true second', 'false second'], []]);
});

test('hold raises nothing, and ends what was raised', async context => {
  const { call, pass, events, missing } = context;
  call.active();
  await pass(3_000);
  missing.set('a', 2_500);
  await pass(1_000);
  call.hold('first-side');
  await pass(1_000);
  assert.equal(problemsIn(events), ['true first', 'false first']);
  missing.set('b', 60_000);
  await pass(60_000);
  assert.is(problemsIn(events).length, 2);
});

test('when the call is over its whole figures are kept, with what was wrong', async context => {
  const { call, pass, missing, kept, clock } = context;
  call.active();
  await pass(3_000);
  missing.set('a', 2_500);
  await pass(1_000);
  await call.end('far-end', endReasons.normalClearing);
  const [record, ...others] = kept;
  assert.equal([others.length, record?.call, record?.project, record?.endedAt], [0, 'call', 'p', clock.now()]);
  assert.equal(
    record?.legs.map(({ leg, side, call: whole }) => [leg, side, whole?.ms]),
    [
      ['a', 'first', 60_000],
      ['b', 'second', 60_000],
    ],
  );
  assert.equal(
    record?.problems.map(({ kind, side, until }) => [kind, side, until]),
    [['no-media', 'first', clock.now()]],
  );
});

test('of a call that was never answered nothing is kept', async ({ call, kept }) => {
  await call.end('far-end', endReasons.normalClearing);
  assert.equal(kept, []);
});

test('clients are given the figures of every interval, also while there is no call', async ({
  clients,
  measured,
  pass,
  call,
}) => {
  await call.end('box', endReasons.normalClearing);
  await pass(5_000);
  assert.equal(measured, [], 'nobody is there to be measured');
  clients.size = 1;
  await pass(5_000);
  assert.equal(measured, [['a', 'b']]);
});

test.run();
