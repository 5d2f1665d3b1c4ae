import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { idleCores, sparedCores } from './spare-machine.ts';

test('cores that idled are counted over all cores', () => {
  assert.is(idleCores({ idle: 100, all: 1000 }, { idle: 150, all: 1200 }, 2), 0.5);
  assert.is(idleCores({ idle: 100, all: 1000 }, { idle: 300, all: 1200 }, 2), 2);
  assert.is(idleCores({ idle: 100, all: 1000 }, { idle: 100, all: 1000 }, 2), 0, 'no time has passed');
});

test('whoever waits for more cores than there are goes when there is nothing left to do', async () => {
  let looks = 0;
  assert.is(await sparedCores(100_000, () => ++looks > 1), false);
});

test('no core to spare is always there', async () => {
  assert.is(await sparedCores(0, () => false), true);
});

test.run();
