import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isCrosspointError } from '../../base/errors.ts';
import { ManualClock } from '../../base/manual-clock.ts';
import { parseUri } from '../message/uri.ts';
import type { Hop } from '../transport/hop.ts';
import { type Resolver, resolveTarget } from './resolver.ts';

function resolver(more: Partial<Resolver> = {}): Resolver & { clock: ManualClock } {
  return { clock: new ManualClock(), allowTarget: () => true, reaches: () => true, ...more } as Resolver & {
    clock: ManualClock;
  };
}

async function codeOf(run: () => Hop | Promise<Hop>): Promise<string> {
  try {
    await run();
  } catch (error) {
    return isCrosspointError(error) ? error.code : String(error);
  }
  return 'no error';
}

test('addresses are known at once, with the port and transport of the URI', () => {
  const cases: [string, Hop][] = [
    ['sip:a@192.0.2.1', { transport: 'udp', address: '192.0.2.1', port: 5060 }],
    ['sip:a@192.0.2.1:5070;transport=TCP', { transport: 'tcp', address: '192.0.2.1', port: 5070 }],
    ['sip:a@[2001:db8::1]:5062', { transport: 'udp', address: '2001:db8::1', port: 5062 }],
    ['sip:example.com;maddr=192.0.2.9', { transport: 'udp', address: '192.0.2.9', port: 5060 }],
  ];
  for (const [uri, hop] of cases) assert.equal(resolveTarget(parseUri(uri), resolver()), hop);
});

test('a name is looked up; of its addresses the first that can be reached is taken', async () => {
  const lookup = async () => ['2001:db8::1', '192.0.2.4', '192.0.2.5'];
  const reaches = (_: string, address: string) => !address.includes(':');
  const target = resolver({ lookup, reaches });
  const hop = await resolveTarget(parseUri('sip:a@pbx.example.com:5080;transport=tcp'), target);
  assert.equal(hop, { transport: 'tcp', address: '192.0.2.4', port: 5080 });
  assert.is(target.clock.pendingTimers, 0);
});

test('localhost is resolved by the system', async () => {
  const reaches = (_: string, address: string) => address === '127.0.0.1';
  const hop = await resolveTarget(parseUri('sip:a@localhost'), resolver({ reaches }));
  assert.ok(['127.0.0.1', '::1'].includes(hop.address));
});

test('policy looks at the address, whether it was written or looked up', async () => {
  const denying = resolver({ allowTarget: address => address !== '10.0.0.1', lookup: async () => ['10.0.0.1'] });
  assert.is(await codeOf(() => resolveTarget(parseUri('sip:a@10.0.0.1'), denying)), 'sip.target-not-allowed');
  assert.is(await codeOf(() => resolveTarget(parseUri('sip:a@inside.example.com'), denying)), 'sip.target-not-allowed');
});

test('TLS, other transports and numbers without a host are refused by name', async () => {
  for (const uri of ['sips:a@192.0.2.1', 'sip:a@192.0.2.1;transport=tls', 'sip:a@192.0.2.1;transport=ws']) {
    assert.is(await codeOf(() => resolveTarget(parseUri(uri), resolver())), 'sip.transport-unsupported');
  }
  assert.is(await codeOf(() => resolveTarget(parseUri('tel:+15550100'), resolver())), 'sip.no-target');
});

test('a name without an address, an error of the resolver and its silence are one kind of failure', async () => {
  const uri = parseUri('sip:a@nowhere.example.com');
  const failing = async () => {
    throw Object.assign(new Error('x'), { code: 'ENOTFOUND' });
  };
  assert.is(await codeOf(() => resolveTarget(uri, resolver({ lookup: async () => [] }))), 'sip.target-unresolved');
  assert.is(await codeOf(() => resolveTarget(uri, resolver({ lookup: failing }))), 'sip.target-unresolved');

  const silent = resolver({ lookup: () => new Promise<never>(() => {}) });
  const code = codeOf(() => resolveTarget(uri, silent));
  silent.clock.advance(5000);
  assert.is(await code, 'sip.target-unresolved');
  assert.is(silent.clock.pendingTimers, 0);
});

test.run();
