import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { event, newFile, opened } from './store.fixture.ts';

test('of each target it is known how much it has still to be told, and since when', async () => {
  const store = await opened();
  assert.equal(await store.backlogs(), []);
  const first = await store.record(event({ targets: ['a', 'b'], recordedAt: 1_000 }), null);
  await store.record(event({ targets: ['a'], recordedAt: 2_000 }), null);
  assert.equal(await store.backlogs(), [
    { target: 'a', pending: 2, oldest: 1_000, deadLetters: 0 },
    { target: 'b', pending: 1, oldest: 1_000, deadLetters: 0 },
  ]);
  await store.settle('a', [first ?? 0]);
  await store.settle('b', [first ?? 0]);
  assert.equal(await store.backlogs(), [{ target: 'a', pending: 1, oldest: 2_000, deadLetters: 0 }]);
  await store.close();
});

test('after a restart, too; and what has not been answered is counted', async () => {
  const file = newFile();
  const before = await opened(file);
  const recorded = before.record(event({ recordedAt: 5_000 }), null);
  assert.is(before.waiting, 1);
  await recorded;
  assert.is(before.waiting, 0);
  await before.close();
  const after = await opened(file);
  assert.equal(await after.backlogs(), [{ target: 'a', pending: 1, oldest: 5_000, deadLetters: 0 }]);
  await after.close();
});

test.run();
