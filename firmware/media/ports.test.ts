import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PortPool } from './ports.ts';

test('every pair of the inclusive range is given out once, on even ports', () => {
  const pool = new PortPool([10001, 10007]);
  const taken = [pool.take(0), pool.take(0), pool.take(0)].map(pair => pair?.rtpPort);
  assert.equal(taken, [10002, 10004, 10006]);
  assert.is(pool.take(0), undefined);
});

test('the pair closed longest ago is taken first', () => {
  const pool = new PortPool([10000, 10007]);
  for (let n = 0; n < 4; n++) pool.take(0);
  pool.giveBack(10004, null, 0);
  pool.giveBack(10000, null, 0);
  assert.equal([pool.take(0)?.rtpPort, pool.take(0)?.rtpPort], [10004, 10000]);
});

test('a pair that was just closed rests until all others were used', () => {
  const pool = new PortPool([10000, 10005]);
  const first = pool.take(0)?.rtpPort ?? 0;
  pool.giveBack(first, null, 0);
  assert.equal(
    [pool.take(0), pool.take(0), pool.take(0)].map(pair => pair?.rtpPort),
    [10002, 10004, first],
  );
});

test('a pair that is taken before it has rested for 30 s comes with its former far end', () => {
  const pool = new PortPool([10000, 10001]);
  const peer = { host: '192.0.2.9', port: 4000, ssrc: 7 };
  pool.take(0);
  pool.giveBack(10000, peer, 1_000);
  assert.equal(pool.take(11_000), { rtpPort: 10000, former: { ...peer, dropMs: 20_000 } });
  pool.giveBack(10000, { ...peer, ssrc: null }, 12_000);
  assert.equal(pool.take(41_999), { rtpPort: 10000, former: { host: '192.0.2.9', port: 4000, dropMs: 1 } });
  pool.giveBack(10000, peer, 50_000);
  assert.equal(pool.take(80_000), { rtpPort: 10000, former: null });
  pool.giveBack(10000, null, 81_000);
  assert.equal(pool.take(81_000), { rtpPort: 10000, former: null });
});

test('a range without a whole pair has no port', () => {
  assert.is(new PortPool([10001, 10002]).free, 0);
});

test.run();
