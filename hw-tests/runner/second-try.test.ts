import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Group, Outcome } from './job.ts';
import { worthSecondTry } from './second-try.ts';

const outcome = (change: { failed?: number; group?: Group; trouble?: string[]; output?: string } = {}): Outcome => ({
  job: {
    name: 'a.test.ts',
    group: change.group ?? 'box',
    command: 'true',
    args: [],
    cwd: '/',
    env: {},
    limitMs: 1,
    counts: 'uvu',
  },
  counts: { passed: 3, failed: change.failed ?? 1, skipped: 0 },
  durationMs: 1,
  trouble: change.trouble ?? [],
  output: change.output ?? '',
});

test('a file with a failed test may run once more', () => {
  const failed = outcome();
  assert.equal(worthSecondTry([outcome({ failed: 0 }), failed]), [failed]);
});

test('a crash, a hang, something left behind or a lint finding has failed', () => {
  assert.equal(worthSecondTry([outcome({ trouble: ['it was ended by SIGSEGV'] })]), []);
  assert.equal(worthSecondTry([outcome({ group: 'checks' })]), []);
});

test('what a sanitizer found has failed', () => {
  assert.equal(worthSecondTry([outcome({ output: '==1==ERROR: AddressSanitizer: heap-use-after-free' })]), []);
  assert.equal(worthSecondTry([outcome({ output: 'a.cc:1:2: runtime error: signed integer overflow' })]), []);
});

test('many files do not fail by chance', () => {
  assert.equal(worthSecondTry(Array.from({ length: 5 }, () => outcome())), []);
});

test.run();
