import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cpuMsOf, usageOf } from './processes.ts';

test('what a process uses is read while it lives', async () => {
  const busy = `const end = Date.now() + 300; while (Date.now() < end); console.log('done'); setTimeout(() => {}, 9000);`;
  const child = spawn(process.execPath, ['-e', busy], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  const pid = child.pid as number;
  const usage = usageOf(pid);
  assert.ok(usage.cpuMs >= 100 && usage.cpuMs < 10_000, `${usage.cpuMs} ms`);
  assert.ok(usage.rssKb > 10_000, `${usage.rssKb} KB`);
  assert.ok(usage.threads > 1);
  // Both count the same, the one in ticks of 10 ms a thread.
  const precise = cpuMsOf([pid]);
  assert.ok(Math.abs(precise - usage.cpuMs) <= 10 * usage.threads, `${precise} ms, not ${usage.cpuMs}`);
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.throws(() => usageOf(pid));
});

test.run();
