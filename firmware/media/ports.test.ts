import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PortPool } from './ports.ts';

test('every pair of the inclusive range is given out once, on even ports', () => {
  const pool = new PortPool([10001, 10007]);
  const taken = [pool.take(), pool.take(), pool.take()];
  assert.equal(taken, [10002, 10004, 10006]);
  assert.is(pool.take(), undefined);
});

test('the pair closed longest ago is taken first', () => {
  const pool = new PortPool([10000, 10007]);
  for (let n = 0; n < 4; n++) pool.take();
  pool.giveBack(10004);
  pool.giveBack(10000);
  assert.equal([pool.take(), pool.take()], [10004, 10000]);
});

test('a pair that was just closed rests until all others were used', () => {
  const pool = new PortPool([10000, 10005]);
  const first = pool.take() ?? 0;
  pool.giveBack(first);
  assert.equal([pool.take(), pool.take(), pool.take()], [10002, 10004, first]);
});

test('a range without a whole pair has no port', () => {
  assert.is(new PortPool([10001, 10002]).free, 0);
});

test.run();
