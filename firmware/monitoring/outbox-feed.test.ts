import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { EventId } from '../base/ids.ts';
import type { OutboxRow } from '../store/rows.ts';
import type { Envelope } from './envelope.ts';
import { lifeOf, newCall, project } from './events.fixture.ts';
import { OutboxFeed } from './outbox-feed.ts';

const event = lifeOf(newCall())[0]!;

function envelopeOf(row: number): Envelope {
  const id = `event ${row}` as EventId;
  return { version: 1, id, box: 'b', bootId: 'boot', sequence: row, project, time: 1, event };
}

function rowOf(row: number): OutboxRow {
  return { row, id: `event ${row}` as EventId, key: 'k', recordedAt: 1, body: JSON.stringify(envelopeOf(row)) };
}

/** A feed over a pretended store, whose settling waits for `release`, and its reader. */
function scene(stored: number[] = []) {
  const reads: number[] = [];
  const settles: number[][] = [];
  const releases: (() => void)[] = [];
  const state = { rows: stored.map(rowOf), failed: 0, readable: true };
  const feed: OutboxFeed = new OutboxFeed({
    target: 'mqtt',
    store: {
      async outbox(_target, after, limit) {
        reads.push(after);
        if (!state.readable) throw new Error('unreadable');
        return state.rows.filter(({ row }) => row > after).slice(0, limit);
      },
      settle: (_target, rows) => {
        settles.push([...rows]);
        return new Promise(resolve =>
          releases.push(() => {
            state.rows = state.rows.filter(({ row }) => !rows.includes(row));
            resolve();
          }),
        );
      },
    },
    ready: () => {},
    failed: () => {
      state.failed += 1;
    },
  });
  const commit = (row: number) => {
    state.rows.push(rowOf(row));
    feed.offer(row, envelopeOf(row));
  };
  /** All that there is, as a reader sees it that takes it as soon as it can. */
  const drain = async () => {
    const fed: number[] = [];
    for (let idle = 0; idle < 5; idle++) {
      for (let next = feed.next(); next; next = feed.next()) {
        fed.push(next.row);
        idle = 0;
      }
      await new Promise(setImmediate);
    }
    return fed;
  };
  return { feed, reads, settles, releases, state, commit, drain };
}

const from = (first: number, count: number) => Array.from({ length: count }, (_, index) => first + index);

test('who keeps up gets events as they are committed, and reads nothing', async () => {
  const { feed, reads, commit, drain } = scene([7]);
  feed.restart();
  assert.equal(await drain(), [7]);
  const readsBefore = reads.length;
  for (const row of [8, 9, 10]) commit(row);
  assert.equal(await drain(), [8, 9, 10]);
  assert.is(reads.length, readsBefore);
});

test('who falls behind gets every event once and in order, and keeps up again afterwards', async () => {
  const { feed, reads, commit, drain } = scene();
  feed.restart();
  assert.equal(await drain(), []);
  for (const row of from(1, 300)) commit(row);
  assert.equal(await drain(), from(1, 300));
  const readsBefore = reads.length;
  assert.ok(readsBefore > 3);
  for (const row of from(301, 10)) commit(row);
  assert.equal(await drain(), from(301, 10));
  assert.is(reads.length, readsBefore);
});

test('an event behind a gap is not fed before what lies in the gap', async () => {
  const { feed, state, commit, drain } = scene();
  feed.restart();
  await drain();
  state.rows.push(rowOf(1), rowOf(2));
  commit(3);
  assert.equal(await drain(), [1, 2, 3]);
});

test('events committed while a page is being read come once', async () => {
  const { feed, state, commit, drain } = scene();
  feed.restart();
  await drain();
  state.rows.push(rowOf(1));
  commit(2);
  assert.is(feed.next(), undefined);
  commit(3);
  assert.equal(await drain(), [1, 2, 3]);
});

test('rows that the store has dropped are not looked for again and again', async () => {
  const { feed, reads, state, commit, drain } = scene();
  feed.restart();
  for (const row of from(1, 3)) commit(row);
  state.rows = [];
  assert.equal(await drain(), []);
  const readsBefore = reads.length;
  assert.equal(await drain(), []);
  assert.is(reads.length, readsBefore);
  commit(4);
  assert.equal(await drain(), [4]);
});

test('one request to settle is under way at a time, and the next one takes all that was told meanwhile', async () => {
  const { feed, settles, releases } = scene();
  for (const row of [1, 2, 3]) feed.told(row);
  assert.equal(settles, [[1]]);
  releases.shift()?.();
  await new Promise(setImmediate);
  assert.equal(settles, [[1], [2, 3]]);
  releases.shift()?.();
  await new Promise(setImmediate);
  feed.told(4);
  assert.equal(settles, [[1], [2, 3], [4]]);
});

test('a restart feeds anew what was not told, and waits until what was told has left the store', async () => {
  const { feed, releases, drain } = scene([1, 2, 3]);
  feed.restart();
  assert.equal(await drain(), [1, 2, 3]);
  feed.told(1);
  feed.restart();
  assert.equal(await drain(), []);
  releases.shift()?.();
  assert.equal(await drain(), [2, 3]);
});

test('what was read for a run that is over is not fed to the next', async () => {
  const { feed, drain } = scene([1, 2]);
  feed.restart();
  await Promise.resolve();
  feed.restart();
  assert.equal(await drain(), [1, 2]);
});

test('while it stands still nothing is fed, and what is committed then comes after the restart', async () => {
  const { feed, commit, drain } = scene();
  feed.restart();
  await drain();
  feed.stop();
  for (const row of from(1, 5)) commit(row);
  assert.equal(await drain(), []);
  feed.restart();
  assert.equal(await drain(), from(1, 5));
});

test('a body that nobody here can read comes without an envelope', async () => {
  const { feed, state } = scene();
  state.rows.push({ ...rowOf(1), body: '{"version":99}' });
  feed.restart();
  await new Promise(setImmediate);
  assert.equal(feed.next(), { row: 1, envelope: null });
});

test('a store that cannot be read is told of once', async () => {
  const { feed, state, drain } = scene([1]);
  state.readable = false;
  feed.restart();
  await drain();
  assert.is(state.failed, 1);
});

test('who keeps up reads nothing, also past events that are for others', async () => {
  const { feed, commit, drain, reads } = scene();
  feed.restart();
  await drain();
  reads.length = 0;
  commit(1);
  feed.pass(2);
  commit(3);
  assert.equal(await drain(), [1, 3]);
  assert.equal(reads, []);
});

test.run();
