import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { Value } from 'typebox/value';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Load } from '../../pipelines/protocol/figures.ts';
import { systemClock } from '../base/clock.ts';
import { ManualClock } from '../base/manual-clock.ts';
import type { Probes } from './probes.ts';
import { ProcessProbes } from './process-probes.ts';
import { Telemetry } from './telemetry.ts';
import { Sample } from './topics.ts';

const worker: Load = {
  legs: 2,
  sessions: 1,
  busyRatio: 0.1,
  tickLateUsP99: 50,
  tickLateUsMax: 90,
  skippedTicks: 0,
  iceStrangers: 0,
  iceStreams: 0,
  iceStreamsRefused: 0,
};
const figures = {
  calls: () => 3,
  legs: () => 2,
  traceBytes: () => 4096,
  queue: () => ({ pending: 4, dropped: 1 }),
  workers: async () => [worker, null],
};

const steady: Probes = {
  cpuBusyRatio: async () => 0.5,
  load: async () => [1, 2, 3],
  memory: async () => ({ totalBytes: 10, availableBytes: 5, ownBytes: 1 }),
  temperatureCelsius: async () => 40,
  disk: async () => ({ totalBytes: 100, freeBytes: 50 }),
  network: async () => [],
};

async function turn(): Promise<void> {
  for (let i = 0; i < 10; i++) await new Promise(setImmediate);
}

test('the first sample comes at once, the next ones every 10 s, and none after closing', async () => {
  const clock = new ManualClock();
  const samples: Sample[] = [];
  const telemetry = new Telemetry({ probes: steady, figures, clock, take: sample => samples.push(sample) });
  telemetry.start();
  await turn();
  assert.is(samples.length, 1);
  clock.advance(30_000);
  await turn();
  assert.ok(samples.length >= 2);
  assert.equal(samples[0]?.workers, [worker, null]);
  assert.is(samples[0]?.calls, 3);
  assert.equal(samples[0]?.queue, { pending: 4, dropped: 1 });
  for (const sample of samples) assert.ok(Value.Check(Sample, sample));
  const before = samples.length;
  telemetry.close();
  clock.advance(60_000);
  await turn();
  assert.is(samples.length, before);
  assert.is(clock.pendingTimers, 0);
});

test('a probe that fails or hangs gives null and is not asked again while it hangs', async () => {
  const clock = new ManualClock();
  const samples: Sample[] = [];
  let asked = 0;
  const probes: Probes = {
    ...steady,
    temperatureCelsius: async () => {
      throw new Error('no sensor');
    },
    disk: () => {
      asked += 1;
      return new Promise(() => undefined);
    },
  };
  const broken = {
    ...figures,
    workers: async () => {
      throw new Error('gone');
    },
  };
  const telemetry = new Telemetry({ probes, figures: broken, clock, take: sample => samples.push(sample) });
  telemetry.start();
  for (let second = 0; second < 25; second++) {
    clock.advance(1000);
    await turn();
  }
  assert.is(samples.length, 3);
  assert.is(asked, 1);
  for (const sample of samples) {
    assert.ok(Value.Check(Sample, sample));
    assert.is(sample.temperatureCelsius, null);
    assert.equal(sample.disk, { totalBytes: null, freeBytes: null });
    assert.equal(sample.workers, []);
    assert.is(sample.cpu.busyRatio, 0.5);
  }
  telemetry.close();
  assert.is(clock.pendingTimers, 0);
});

test('this machine can be sampled, and the event loop is not held up', async () => {
  const taken: Sample[] = [];
  let done = () => undefined as unknown;
  const sampled = new Promise(resolve => {
    done = () => resolve(null);
  });
  const probes = new ProcessProbes(tmpdir());
  const telemetry = new Telemetry({
    probes,
    figures,
    clock: systemClock,
    take: sample => {
      taken.push(sample);
      done();
    },
  });
  let longest = 0;
  let last = performance.now();
  const beat = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 1);
  telemetry.start();
  await sampled;
  clearInterval(beat);
  telemetry.close();
  await probes.close();
  const sample = taken[0]!;
  assert.ok(Value.Check(Sample, sample), JSON.stringify([...Value.Errors(Sample, sample)]));
  assert.ok((sample.memory.totalBytes ?? 0) > 1e6);
  assert.ok((sample.memory.ownBytes ?? 0) > 1e6);
  assert.ok((sample.disk.totalBytes ?? 0) > 1e6);
  console.log(`  longest pause of the event loop while sampling: ${longest.toFixed(1)} ms`);
  assert.ok(longest < 250);
});

test('the process that asks the machine is replaced when it dies, and ends with its owner', async () => {
  const probes = new ProcessProbes(tmpdir());
  const children = async () => (await readFile(`/proc/self/task/${process.pid}/children`, 'utf8')).trim().split(' ');
  const before = await children();
  assert.ok((await probes.load())?.length === 3);
  const [first] = (await children()).filter(pid => !before.includes(pid));
  const hanging = probes.disk();
  process.kill(Number(first), 'SIGKILL');
  assert.match(String(await hanging.catch(String)), 'the process ended');
  assert.ok((await probes.load())?.length === 3);
  await probes.close();
  assert.equal(
    (await children()).filter(pid => !before.includes(pid)),
    [],
  );
  assert.match(String(await probes.load().catch(String)), 'closed');
});

test.run();
