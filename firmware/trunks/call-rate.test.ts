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

test('a second’s worth of calls may come at once, and then none until that second is over', () => {
  const clock = new ManualClock();
  const rate = new CallRate(clock, { callsPerSecond: 5 });
  for (let n = 0; n < 5; n++) {
    assert.is(rate.full, null);
    rate.begin()();
  }
  assert.is(rate.full, 'rate');
  clock.advance(999);
  assert.is(rate.full, 'rate');
  clock.advance(1);
  for (let n = 0; n < 5; n++) {
    assert.is(rate.full, null);
    rate.begin()();
  }
  assert.is(rate.full, 'rate');
});

test('no second has more calls than the rate allows, wherever it begins, and none is wasted', () => {
  const clock = new ManualClock();
  const rate = new CallRate(clock, { callsPerSecond: 10 });
  const placed: number[] = [];
  for (let ms = 0; ms < 60_000; ms += 7) {
    clock.advance(7);
    // Bursts and pauses: two calls at a time, none in every third half second.
    for (let each = 0; each < 2 && Math.floor(ms / 500) % 3 > 0; each++) {
      if (rate.full !== null) continue;
      rate.begin();
      placed.push(clock.monotonic());
    }
  }
  for (const from of placed) {
    const within = placed.filter(at => at >= from && at < from + 1_000).length;
    assert.ok(within <= 10, `${within} from ${from}`);
  }
  // Of each cycle of 1.5 s one second has calls: ten of them.
  assert.ok(placed.length >= 390, `${placed.length}`);
});

test('quiet time is not saved up', () => {
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
