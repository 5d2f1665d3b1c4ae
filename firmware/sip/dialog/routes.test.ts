import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DialogPair, ended, type PairOptions, settled } from './dialog-pair.fixture.ts';

const routes: [name: string, options: PairOptions, uri: string, route: string[], hop: string][] = [
  [
    'loose routes, the nearest first',
    { recordRoute: '<sip:192.0.2.10;lr>, <sip:192.0.2.11;lr>' },
    'sip:bob@192.0.2.2:5060',
    ['<sip:192.0.2.11;lr>', '<sip:192.0.2.10;lr>'],
    '192.0.2.11 5060',
  ],
  [
    'a strict router',
    { recordRoute: '<sip:192.0.2.10;lr>, <sip:192.0.2.11>' },
    'sip:192.0.2.11',
    ['<sip:192.0.2.10;lr>', '<sip:bob@192.0.2.2:5060>'],
    '192.0.2.11 5060',
  ],
  [
    'an IPv6 Contact',
    { contact: { bob: '<sip:bob@[2001:db8::2]:5070>' } },
    'sip:bob@[2001:db8::2]:5070',
    [],
    '2001:db8::2 5070',
  ],
  [
    'a Contact that names no host',
    { contact: { bob: '<tel:+31201234567>' } },
    'tel:+31201234567',
    [],
    '192.0.2.2 5060',
  ],
];
for (const [name, options, uri, route, hop] of routes) {
  test(`requests follow ${name}`, async () => {
    const pair = new DialogPair(options);
    void pair.a.request('OPTIONS');
    await pair.settle();
    const [options_] = pair.bob.heardRequests('OPTIONS');
    assert.is(options_?.uri, uri);
    assert.equal(options_?.headers.getAll('Route'), route);
    assert.is(`${pair.alice.hops[0]?.address} ${pair.alice.hops[0]?.port}`, hop);
    await ended(pair);
  });
}

test('a Contact that cannot be reached is given up for the place where the far end was seen last', async () => {
  const pair = new DialogPair({ contact: { alice: '<sip:alice@10.9.9.9>' } });
  pair.unreachable = hop => hop.address === '10.9.9.9';
  assert.is((await settled(pair, pair.b.request('OPTIONS'))).status, 200);
  assert.equal(
    pair.bob.hops.map(({ address }) => address),
    ['10.9.9.9', '192.0.2.1'],
  );
  pair.unreachable = () => true;
  const failed = await settled(pair, pair.b.request('INFO'));
  assert.is(failed.status, null);
  assert.is(failed.reason, 'connection refused');
  assert.not(pair.b.closed);
  pair.unreachable = () => false;
  await ended(pair);
});

test.run();
