import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { startChild } from './children.ts';
import { processesWith } from './processes.ts';
import { until } from './until.ts';

test('what a neighbour has forked ends with it, so that nothing holds its pipes open', async () => {
  const sleeper = '61.25';
  const child = await startChild('a forking one', 'sh', ['-c', `sleep ${sleeper} & echo started; wait`], {
    forks: true,
  });
  await until('the fork', () => processesWith(sleeper).length === 2);
  await child.stop('SIGKILL');
  await until('the fork to end', () => processesWith(sleeper).length === 0);
  assert.is(child.exit()?.signal, 'SIGKILL');
});

test.run();
