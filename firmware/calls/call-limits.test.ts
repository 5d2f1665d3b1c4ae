import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LegStats } from '../../pipelines/protocol/figures.ts';
import { ManualClock } from '../base/manual-clock.ts';
import { CallLimits } from './call-limits.ts';
import type { EndReason } from './reasons.ts';

const values = { firstRtpMs: 30_000, inactivityMs: 300_000, durationMs: 6 * 3_600_000 };

/** A call whose far end last sent at `lastPacketAt` (clock time, null: never). */
function watchedCall(lastPacketAt: (now: number) => number | null) {
  const clock = new ManualClock();
  const ends: { reason: EndReason; at: number }[] = [];
  const stats = async () => {
    const last = lastPacketAt(clock.monotonic());
    return [{ received: { sinceLastMs: last === null ? null : clock.monotonic() - last } } as LegStats];
  };
  const limits = new CallLimits(clock, values, stats, reason => ends.push({ reason, at: clock.monotonic() }));
  limits.start();
  const run = async (totalMs: number) => {
    for (let elapsed = 0; elapsed < totalMs; elapsed += 1_000) {
      clock.advance(1_000);
      await Promise.resolve();
      await Promise.resolve();
    }
  };
  return { clock, limits, ends, run };
}

test('a call whose media never comes ends with 704 after the first-packet limit', async () => {
  const call = watchedCall(() => null);
  await call.run(29_000);
  assert.is(call.ends.length, 0);
  await call.run(2_000);
  assert.is(call.ends[0]?.reason.code, '704');
  assert.is(call.clock.pendingTimers, 0);
});

test('a call whose media stops ends with 706 five minutes after the last packet', async () => {
  const call = watchedCall(now => Math.min(now, 100_000));
  await call.run(398_000);
  assert.is(call.ends.length, 0);
  await call.run(4_000);
  assert.is(call.ends[0]?.reason.code, '706');
  assert.ok((call.ends[0]?.at ?? 0) <= 402_000);
});

test('a call that talks on ends with 705 after six hours', async () => {
  const call = watchedCall(now => now);
  await call.run(6 * 3_600_000 - 1_000);
  assert.is(call.ends.length, 0);
  await call.run(1_000);
  assert.is(call.ends[0]?.reason.code, '705');
  assert.is(call.clock.pendingTimers, 0);
});

test('a call on hold may be silent for hours, and silence counts again from its resumption', async () => {
  const call = watchedCall(now => Math.min(now, 10_000));
  await call.run(20_000);
  call.limits.pause();
  await call.run(3 * 3_600_000);
  assert.is(call.ends.length, 0);
  const resumedAt = call.clock.monotonic();
  call.limits.resume();
  await call.run(299_000);
  assert.is(call.ends.length, 0);
  await call.run(4_000);
  assert.is(call.ends[0]?.reason.code, '706');
  assert.ok((call.ends[0]?.at ?? 0) >= resumedAt + 300_000);
});

test('a call that was never heard and is resumed gets its time for the first packet again', async () => {
  const call = watchedCall(() => null);
  await call.run(20_000);
  call.limits.pause();
  await call.run(60_000);
  call.limits.resume();
  await call.run(29_000);
  assert.is(call.ends.length, 0);
  await call.run(2_000);
  assert.is(call.ends[0]?.reason.code, '704');
});

test('a bridge lives while one of its sides speaks', async () => {
  const clock = new ManualClock();
  const ends: EndReason[] = [];
  const silentFor = (ms: number | null) => ({ received: { sinceLastMs: ms } }) as LegStats;
  const limits = new CallLimits(
    clock,
    values,
    async () => [silentFor(null), silentFor(20)],
    reason => ends.push(reason),
  );
  limits.start();
  for (let i = 0; i < 400; i++) {
    clock.advance(1_000);
    await Promise.resolve();
    await Promise.resolve();
  }
  limits.stop();
  assert.is(ends.length, 0);
});

test('a call that ended before leaves no timer and no second end', async () => {
  const call = watchedCall(() => null);
  await call.run(5_000);
  call.limits.stop();
  assert.is(call.clock.pendingTimers, 0);
  await call.run(60_000);
  assert.is(call.ends.length, 0);
});

test.run();
