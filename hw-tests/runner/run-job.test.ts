import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Job } from './job.ts';
import { isAlive } from './left-behind.ts';
import { runJob } from './run-job.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'xp-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const job = (script: string, change: Partial<Job> = {}): Job => ({
  name: 'a job',
  group: 'unit',
  command: process.execPath,
  args: ['-e', script],
  cwd: folder,
  env: {},
  limitMs: 20_000,
  counts: 'last-line',
  ...change,
});

test('takes what a program counted and printed', async () => {
  const { counts, output, trouble } = await runJob(job('console.log("hello\\n3 passed, 1 failed")'), '1', folder);
  assert.equal(counts, { passed: 3, failed: 1, skipped: 0 });
  assert.match(output, 'hello');
  assert.equal(trouble, []);
});

test('a program that does not end is killed and has failed', async () => {
  const { counts, trouble } = await runJob(job('setInterval(() => {}, 1000)', { limitMs: 500 }), '2', folder);
  assert.is(counts.failed, 1);
  assert.equal(trouble, ['it did not end within 0.5 s']);
});

test('a program that cannot be started has failed', async () => {
  const { counts, trouble } = await runJob(job('', { command: '/does/not/exist' }), '3', folder);
  assert.is(counts.failed, 1);
  assert.match(trouble[0] ?? '', 'ENOENT');
});

const startAndLeave = (environment: string, ...args: string[]) => `
  const { spawn } = require('node:child_process');
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', ...${JSON.stringify(args)}],
    { detached: true, stdio: 'inherit', env: ${environment} });
  child.unref();
  console.log('pid ' + child.pid);
  console.log('1 passed, 0 failed');`;

test('a process that is left behind is found by its environment, killed, and counts as a failure', async () => {
  const { counts, output, trouble } = await runJob(job(startAndLeave('process.env')), '4', folder, 100);
  assert.equal(counts, { passed: 1, failed: 1, skipped: 0 });
  assert.match(trouble[0] ?? '', /^it left process \d+ running/);
  assert.not(isAlive(Number(/pid (\d+)/.exec(output)?.[1])));
});

test('a process that is left behind is found by the folder on its command line as well', async () => {
  const socket = path.join(folder, '5', 'socket');
  const { counts, output } = await runJob(job(startAndLeave('{}', socket)), '5', folder, 100);
  assert.is(counts.failed, 1);
  assert.not(isAlive(Number(/pid (\d+)/.exec(output)?.[1])));
});

test('gives each job a temporary folder of its own and clears it', async () => {
  const { output } = await runJob(job('console.log(require("os").tmpdir() + "\\n1 passed, 0 failed")'), '6', folder);
  assert.match(output, path.join(folder, '6'));
  assert.not(existsSync(path.join(folder, '6')));
});

test.run();
