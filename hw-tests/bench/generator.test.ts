import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type GeneratorReport, whyLate, whyNotCounted } from './generator.ts';

const good: GeneratorReport = {
  legs: 20,
  roomSize: 2,
  active: 20,
  secured: 0,
  seconds: 5,
  received: 5000,
  expected: 5000,
  lost: 0,
  jitterMaxMs: 1,
  maxGapMs: 22,
  latencyMs: { count: 50, p50: 12, p95: 19, p99: 19, max: 20 },
  tonesHeard: 20,
  tonesExpected: 20,
  selfTones: 0,
  selfBursts: 0,
  lateTicks: 0,
  generatorCpuS: 0.1,
  processes: [],
};

test('a run counts when everybody heard everybody else and the generator was in time', () => {
  assert.is(whyNotCounted(good), null);
  assert.is(whyLate({ ...good, lateTicks: 15 }), null);
  assert.match(whyLate({ ...good, lateTicks: 16 }) ?? '', /late by 32 ms/);
});

test('a run does not count, and says why', () => {
  const faults: [Partial<GeneratorReport>, RegExp][] = [
    [{ active: 18 }, /2 of 20 legs heard nothing/],
    [{ received: 4900 }, /2\.0 % of the packets were missing/],
    [{ tonesHeard: 19 }, /1 of 20 tones were not heard/],
    [{ selfTones: 1 }, /heard themselves/],
    [{ selfBursts: 1 }, /heard themselves/],
  ];
  for (const [fault, reason] of faults) assert.match(whyNotCounted({ ...good, ...fault }) ?? 'counted', reason);
});

test.run();
