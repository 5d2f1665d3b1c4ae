import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ManualClock } from '../base/manual-clock.ts';
import { CallRate } from './call-rate.ts';

test('calls at a time are counted, and each frees its place once', () => {
  const rate = new CallRate(new ManualClock(), { calls: 2 });
  const first = rate.begin();
  assert.is(rate.full, null);
  rate.begin();
  assert.is(rate.full, 'calls');
  first();
  first();
  assert.is(rate.calls, 1);
  assert.is(rate.full, null);
});

test('a second’s worth of calls may come at once, then they come at the rate', () => {
  const clock = new ManualClock();
  const rate = new CallRate(clock, { callsPerSecond: 5 });
  const place = () => {
    if (rate.full === null) rate.begin()();
    return rate.full;
  };
  for (let n = 0; n < 5; n++) place();
  assert.is(rate.full, 'rate');
  clock.advance(199);
  assert.is(rate.full, 'rate');
  clock.advance(2);
  assert.is(rate.full, null);
  assert.is(place(), 'rate');
});

test('in the long run no more calls come than the rate allows', () => {
  const clock = new ManualClock();
  const rate = new CallRate(clock, { callsPerSecond: 10 });
  let placed = 0;
  for (let ms = 0; ms < 60_000; ms += 7) {
    clock.advance(7);
    if (rate.full !== null) continue;
    rate.begin();
    placed++;
  }
  assert.ok(placed >= 600 && placed <= 611, `${placed}`);
});

test('quiet time is not saved up beyond one second', () => {
  const clock = new ManualClock();
  const rate = new CallRate(clock, { callsPerSecond: 3 });
  clock.advance(3_600_000);
  for (let n = 0; n < 3; n++) rate.begin();
  assert.is(rate.full, 'rate');
});

test('asking takes nothing away, and a call beyond the limit is counted all the same', () => {
  const rate = new CallRate(new ManualClock(), { calls: 1, callsPerSecond: 1 });
  for (let n = 0; n < 100; n++) assert.is(rate.full, null);
  const ends = [rate.begin(), rate.begin()];
  assert.is(rate.calls, 2);
  for (const end of ends) end();
  assert.is(rate.calls, 0);
  assert.is(rate.full, 'rate');
});

test('without limits there is always room', () => {
  const rate = new CallRate(new ManualClock(), {});
  for (let n = 0; n < 1000; n++) rate.begin();
  assert.is(rate.full, null);
});

test.run();
