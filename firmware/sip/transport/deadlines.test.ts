import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ManualClock } from '../../base/manual-clock.ts';
import { Deadlines } from './deadlines.ts';

test('each name falls due once, in its order, on one timer', () => {
  const clock = new ManualClock();
  const reached: string[] = [];
  const deadlines = new Deadlines<'a' | 'b' | 'c'>(clock, name => void reached.push(name));
  deadlines.set('b', 200);
  deadlines.set('a', 100);
  deadlines.set('c', 300);
  assert.is(clock.pendingTimers, 1);
  clock.advance(99);
  assert.equal(reached, []);
  clock.advance(1);
  assert.equal(reached, ['a']);
  clock.advance(1000);
  assert.equal(reached, ['a', 'b', 'c']);
  assert.is(clock.pendingTimers, 0);
});

test('what is put off or cleared is not reached before its time', () => {
  const clock = new ManualClock();
  const reached: string[] = [];
  const deadlines = new Deadlines<'a' | 'b'>(clock, name => void reached.push(name));
  deadlines.set('a', 100);
  deadlines.set('b', 100);
  deadlines.clear('b');
  clock.advance(50);
  deadlines.set('a', 100);
  clock.advance(99);
  assert.equal(reached, []);
  clock.advance(1);
  assert.equal(reached, ['a']);
  assert.is(clock.pendingTimers, 0);
});

test('one that is reached may set itself again, or stop all others', () => {
  const clock = new ManualClock();
  const reached: string[] = [];
  const deadlines: Deadlines<'a' | 'b'> = new Deadlines<'a' | 'b'>(clock, name => {
    reached.push(name);
    if (reached.length < 3) deadlines.set('a', 10);
    else deadlines.stop();
  });
  deadlines.set('a', 10);
  deadlines.set('b', 30);
  clock.advance(1000);
  assert.equal(reached, ['a', 'a', 'b']);
  assert.is(clock.pendingTimers, 0);
});

test.run();
