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
  });
  const push = (...writes: WriteCall[]) => {
    for (const write of writes) queue.push(write);
    queue.commit();
  };
  return { clock, groups, answers, state, queue, push };
}

const save = (id: number): WriteCall => ({ id, method: 'saveSession', params: {} as never });
const settle = (id: number): WriteCall => ({ id, method: 'settle', params: { target: 't', rows: [] } });

test('what was pushed is one transaction, answered after it', () => {
  const { clock, groups, answers, queue } = scene();
  for (const id of [1, 2, 3]) queue.push(save(id));
  assert.equal([groups, answers], [[], []]);
  queue.commit();
  queue.commit();
  assert.equal(groups, [[1, 2, 3]]);
  assert.equal(
    answers.map(({ id }) => id),
    [1, 2, 3],
  );
  assert.is(clock.pendingTimers, 0);
});

test('what is too much for one transaction becomes several, with others in between', () => {
  const { clock, groups, push } = scene();
  push(...Array.from({ length: 1001 }, (_, id) => save(id)));
  push(save(2000));
  const sizes = () => groups.map(group => group.length);
  assert.equal(sizes(), [500]);
  clock.advance(0);
  assert.equal(sizes(), [500, 500, 2]);
  assert.is(clock.pendingTimers, 0);
});

test('one faulty write is answered with its error, the others are written', () => {
  const { groups, answers, state, queue, push } = scene();
  state.refuse = writes => (writes.some(({ id }) => id === 2) ? new Error('bad value') : null);
  push(save(1), save(2), save(3));
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
  const { clock, groups, answers, state, queue, push } = scene();
  state.refuse = writes => (writes.some(({ method }) => method === 'saveSession') ? full : null);
  push(save(1), settle(2), save(3));
  assert.equal(groups, [[2]]);
  assert.match(queue.problem ?? '', 'disk is full');
  push(settle(4));
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
  const { clock, groups, state, queue, push } = scene();
  state.refuse = writes => (writes.length > 2 ? full : null);
  push(...[1, 2, 3, 4, 5, 6, 7, 8].map(save));
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
