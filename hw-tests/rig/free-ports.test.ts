import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { freePortRange } from './free-ports.ts';
import { release, reserve } from './reservations.ts';

const overlap = ([a, b]: readonly number[], [c, d]: readonly number[]) =>
  Number(a) <= Number(d) && Number(c) <= Number(b);

test('ranges of one process do not overlap', () => {
  const ranges = [800, 20, 800, 100, 20, 2_000].map(count => freePortRange(count));
  for (const [i, one] of ranges.entries()) {
    assert.is(one[0] % 2, 0);
    for (const other of ranges.slice(i + 1)) assert.not(overlap(one, other), `${one} and ${other}`);
  }
});

test('ranges of two processes do not overlap either', () => {
  const ours = freePortRange(1_000);
  const module = fileURLToPath(new URL('free-ports.ts', import.meta.url));
  const program = `import(${JSON.stringify(module)}).then(({ freePortRange }) => console.log(JSON.stringify(freePortRange(1_000))))`;
  const theirs = JSON.parse(execFileSync(process.execPath, ['--import', 'tsx', '-e', program], { encoding: 'utf8' }));
  assert.not(overlap(ours, theirs), `${ours} and ${theirs}`);
});

test('what a dead process reserved is free again', () => {
  const module = fileURLToPath(new URL('reservations.ts', import.meta.url));
  const program = `import(${JSON.stringify(module)}).then(({ reserve }) => { reserve('of-the-dead'); process.kill(process.pid, 'SIGKILL'); })`;
  try {
    execFileSync(process.execPath, ['--import', 'tsx', '-e', program]);
  } catch {
    // It killed itself.
  }
  assert.is(reserve('of-the-dead'), true);
  assert.is(reserve('of-the-dead'), false);
  release('of-the-dead');
});

test.run();
