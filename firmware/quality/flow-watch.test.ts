import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { LegFlow } from '../../pipelines/protocol/figures.ts';
import { FLOW_LOOK_MS, type FlowChange, FlowWatch, flowLimits } from './flow-watch.ts';

const test = suite('one-way audio and dead air');

const START = 1_760_000_000_000;
const SILENCE_MS = 20_000;

/** Of a far end without RTCP. */
const noReports = { sinceReportMs: null, missed: null };

const good: LegFlow = {
  leg: 'a',
  receives: true,
  sends: true,
  received: 100,
  sinceReceivedMs: 10,
  sinceSoundMs: 40,
  sent: 100,
  sendErrors: 0,
  sinceReportMs: 3_000,
  deafMs: null,
  missed: 0,
};

/** A leg that is looked at every 750 ms; `at` gives its flow so long after the start. */
class Looked {
  readonly watch = new FlowWatch(flowLimits(SILENCE_MS));
  readonly changes: (FlowChange & { readonly atMs: number })[] = [];
  atMs = 0;

  until(endMs: number, at: (ms: number) => Partial<LegFlow>, active = true): this {
    for (; this.atMs <= endMs; this.atMs += FLOW_LOOK_MS) {
      const flow = { ...good, sent: Math.floor(this.atMs / 20), ...at(this.atMs) };
      const changes = this.watch.look(flow, active, START + this.atMs);
      this.changes.push(...changes.map(change => ({ ...change, atMs: this.atMs })));
    }
    return this;
  }

  get words(): string[] {
    return this.changes.map(({ problem: { kind, hop }, present }) => `${present ? '' : 'no '}${kind} ${hop}`);
  }
}

test('a call that flows both ways has no problem, whatever jitter and loss do', () => {
  const looked = new Looked().until(60_000, ms => ({
    sinceReceivedMs: (ms * 7) % 480,
    sinceSoundMs: (ms * 3) % 15_000,
    deafMs: null,
  }));
  assert.equal(looked.changes, []);
});

test('packets that stop are noticed within three seconds, with the moment at which they stopped', () => {
  for (let stop = 4_000; stop < 4_750; stop += 50) {
    const looked = new Looked().until(9_000, ms => ({ ...noReports, sinceReceivedMs: ms < stop ? 10 : ms - stop }));
    const [change] = looked.changes;
    assert.ok(change && change.atMs - stop <= 3_000, `stopped at ${stop}, noticed at ${change?.atMs}`);
    assert.equal(change.problem, { kind: 'no-media', direction: 'received', hop: 'unknown', since: START + stop });
    assert.is(looked.changes.length, 1);
  }
});

test('media that never comes is noticed as soon after the answer', () => {
  const looked = new Looked().until(3_000, () => ({ received: 0, sinceReceivedMs: null, sinceSoundMs: 0 }));
  assert.equal(looked.words, ['no-media unknown']);
  assert.is(looked.changes[0]?.problem.since, START);
});

test('it is over when packets come again', () => {
  const looked = new Looked()
    .until(3_000, ms => ({ sinceReceivedMs: ms }))
    .until(6_000, () => ({ sinceReceivedMs: 15 }));
  assert.equal(looked.words, ['no-media unknown', 'no no-media unknown']);
  assert.equal(looked.watch.problems, []);
});

test('the far end’s reports tell whether it does not send, or the network loses it', () => {
  for (const [missed, hop] of [
    [200, 'network'],
    [0, 'far-end'],
  ] as const) {
    const looked = new Looked().until(12_000, ms => ({
      sinceReceivedMs: ms,
      // One report in the middle of it, and one from before.
      sinceReportMs: ms < 5_000 ? ms + 1_000 : ms - 5_000,
      missed: ms < 5_000 ? 0 : missed,
    }));
    assert.equal(looked.words, ['no-media unknown', `no-media ${hop}`]);
    assert.is(looked.changes[1]?.problem.since, looked.changes[0]?.problem.since);
  }
});

test('silence is told after the configured time, and not as long as somebody speaks now and then', () => {
  const spoken = new Looked().until(60_000, ms => ({ sinceSoundMs: ms % 19_000 }));
  assert.equal(spoken.changes, []);
  const silent = new Looked().until(30_000, ms => ({ sinceSoundMs: ms })).until(33_000, () => ({ sinceSoundMs: 20 }));
  assert.equal(silent.words, ['silence far-end', 'no silence far-end']);
  assert.ok(silent.changes[0] && silent.changes[0].atMs <= SILENCE_MS + FLOW_LOOK_MS);
});

test('of media that does not come at all it is not said that it is silent too', () => {
  const looked = new Looked().until(40_000, ms => ({ ...noReports, sinceReceivedMs: ms, sinceSoundMs: ms }));
  assert.equal(looked.words, ['no-media unknown']);
});

test('what is only relayed is not listened to, and has no silence', () => {
  assert.equal(new Looked().until(60_000, () => ({ sinceSoundMs: null })).changes, []);
});

test('a far end that reports to hear nothing is told as such', () => {
  const looked = new Looked()
    .until(6_000, ms => ({ deafMs: ms >= 5_000 ? ms - 1_000 : null }))
    .until(9_000, () => ({ deafMs: null }));
  assert.equal(looked.words, ['not-heard network', 'no not-heard network']);
  const problem = looked.changes[0]?.problem;
  assert.equal([problem?.direction, problem?.since], ['sent', START + 1_000]);
});

test('a port that nobody listens on is told within three seconds', () => {
  const looked = new Looked().until(3_000, ms => ({ sent: Math.floor(ms / 40), sendErrors: Math.floor(ms / 40) }));
  assert.equal(looked.words, ['send-refused far-end']);
});

test('a packet that is refused now and then is no problem', () => {
  assert.equal(new Looked().until(30_000, ms => ({ sendErrors: Math.floor(ms / 5_000) })).changes, []);
});

test('RTCP that stops is told after five intervals; one that never came is not', () => {
  const stopped = new Looked().until(30_000, ms => ({ sinceReportMs: ms }));
  assert.equal(stopped.words, ['no-reports unknown']);
  assert.equal(new Looked().until(60_000, () => ({ sinceReportMs: null, missed: null })).changes, []);
});

test('nothing is expected of a call that is ringing or on hold, nor at once when it goes on', () => {
  const nothing = (ms: number) => ({ sinceReceivedMs: ms, sinceSoundMs: ms, deafMs: ms, sinceReportMs: ms });
  const looked = new Looked().until(60_000, nothing, false);
  assert.equal(looked.changes, []);
  looked.until(61_500, nothing);
  assert.equal(looked.changes, [], 'the far end has not had the time to send again');
});

test('hold ends a problem that was there', () => {
  const looked = new Looked()
    .until(3_000, ms => ({ sinceReceivedMs: ms }))
    .until(6_000, ms => ({ sinceReceivedMs: ms }), false);
  assert.equal(looked.words, ['no-media unknown', 'no no-media unknown']);
});

test('a leg that only listens, or only speaks, is not missed in the other direction', () => {
  const deaf = (ms: number) => ({ receives: false, sinceReceivedMs: ms, sinceSoundMs: ms });
  assert.equal(new Looked().until(60_000, deaf).changes, []);
  const mute = (ms: number) => ({ sends: false, deafMs: ms, sendErrors: ms, sinceReportMs: ms });
  assert.equal(new Looked().until(60_000, mute).changes, []);
});

test.run();
