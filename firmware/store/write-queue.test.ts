import SqliteDatabase from 'better-sqlite3';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ManualClock } from '../base/manual-clock.ts';
import type { Answer, WriteCall } from './requests.ts';
import { WriteQueue } from './write-queue.ts';

const full = new SqliteDatabase.SqliteError('database or disk is full', 'SQLITE_FULL');

/** A queue over a pretended database: `refuse` says what a transaction fails with. */
function scene() {
  const clock = new ManualClock();
  const groups: number[][] = [];
  const answers: Answer[] = [];
  const state = { refuse: (_writes: readonly WriteCall[]): Error | null => null };
  const queue = new WriteQueue({
    commit(writes) {
      const error = state.refuse(writes);
      if (error) throw error;
      groups.push(writes.map(({ id }) => id));
      return writes.map(() => undefined);
    },
    answer: some => void answers.push(...some),
    clock,
    groupMs: 2,
  });
  return { clock, groups, answers, state, queue };
}

const save = (id: number): WriteCall => ({ id, method: 'saveSession', params: {} as never });
const settle = (id: number): WriteCall => ({ id, method: 'settle', params: { target: 't', rows: [] } });

test('what comes within the interval is one transaction, answered after it', () => {
  const { clock, groups, answers, queue } = scene();
  for (const id of [1, 2, 3]) queue.push(save(id));
  clock.advance(1);
  assert.equal([groups, answers], [[], []]);
  clock.advance(1);
  assert.equal(groups, [[1, 2, 3]]);
  assert.equal(
    answers.map(({ id }) => id),
    [1, 2, 3],
  );
  assert.is(clock.pendingTimers, 0);
});

test('five hundred do not wait for the interval', () => {
  const { groups, queue } = scene();
  for (let id = 1; id <= 501; id++) queue.push(save(id));
  assert.equal(
    groups.map(group => group.length),
    [500],
  );
});

test('one faulty write is answered with its error, the others are written', () => {
  const { clock, groups, answers, state, queue } = scene();
  state.refuse = writes => (writes.some(({ id }) => id === 2) ? new Error('bad value') : null);
  for (const id of [1, 2, 3]) queue.push(save(id));
  clock.advance(2);
  assert.equal(groups, [[1], [3]]);
  assert.equal(
    answers.map(answer => [answer.id, 'failure' in answer]),
    [
      [1, false],
      [2, true],
      [3, false],
    ],
  );
  assert.is(queue.problem, null);
});

test('while the disk is full writes wait in order, those that free space go first, and all go once there is room', () => {
  const { clock, groups, answers, state, queue } = scene();
  state.refuse = writes => (writes.some(({ method }) => method === 'saveSession') ? full : null);
  for (const write of [save(1), settle(2), save(3)]) queue.push(write);
  clock.advance(2);
  assert.equal(groups, [[2]]);
  assert.match(queue.problem ?? '', 'disk is full');
  queue.push(settle(4));
  clock.advance(10_000);
  assert.equal(groups, [[2], [4]]);
  assert.is(clock.pendingTimers, 1);
  state.refuse = () => null;
  clock.advance(5000);
  assert.equal(groups, [[2], [4], [1, 3]]);
  assert.is(queue.problem, null);
  assert.equal(
    answers.map(({ id }) => id),
    [2, 4, 1, 3],
  );
  assert.is(clock.pendingTimers, 0);
});

test('a group that is too large for the room that is left goes in parts', () => {
  const { clock, groups, state, queue } = scene();
  state.refuse = writes => (writes.length > 2 ? full : null);
  for (let id = 1; id <= 8; id++) queue.push(save(id));
  clock.advance(2);
  clock.advance(10);
  assert.equal(groups.flat(), [1, 2, 3, 4, 5, 6, 7, 8]);
  assert.is(queue.problem, null);
});

test('closing writes what waits, and says so of what cannot be written', () => {
  const { clock, answers, queue } = scene();
  queue.push(save(1));
  queue.close();
  assert.equal(answers, [{ id: 1, result: undefined }]);
  const other = scene();
  other.state.refuse = () => full;
  other.queue.push(save(1));
  other.queue.close();
  assert.is('failure' in other.answers[0]! && other.answers[0].failure.code, 'store.closed');
  assert.is(clock.pendingTimers + other.clock.pendingTimers, 0);
});

test.run();
