import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Attempt, repeat, takeTurns } from './repeat.ts';

const from = (attempts: Attempt<number>[]) => async () => attempts.shift() as Attempt<number>;

test('a run that is thrown away is repeated', async () => {
  const result = await repeat(2, from([{ run: 1 }, { thrownAway: 'late' }, { run: 2 }, { run: 3 }]));
  assert.equal(result, { runs: [1, 2], thrownAway: ['late'] });
});

test('after three that were thrown away it is given up', async () => {
  const late = { thrownAway: 'late' };
  const result = await repeat(2, from([late, { run: 1 }, late, late, { run: 2 }]));
  assert.equal(result, { runs: [1], thrownAway: ['late', 'late', 'late'] });
});

test('who is compared takes turns, and who is thrown away goes on alone', async () => {
  const order: string[] = [];
  const attempt = (name: string, attempts: Attempt<number>[]) => async () => {
    order.push(name);
    return attempts.shift() as Attempt<number>;
  };
  const results = await takeTurns(2, [
    attempt('a', [{ run: 1 }, { run: 2 }]),
    attempt('b', [{ run: 3 }, { thrownAway: 'late' }, { run: 4 }]),
  ]);
  assert.equal(order, ['a', 'b', 'a', 'b', 'b']);
  assert.equal(results, [
    { runs: [1, 2], thrownAway: [] },
    { runs: [3, 4], thrownAway: ['late'] },
  ]);
});

test.run();
