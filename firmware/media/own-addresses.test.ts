import type { NetworkInterfaceInfo } from 'node:os';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ownAddresses } from './own-addresses.ts';

const at = (address: string, internal = false) =>
  ({ address, internal, family: address.includes(':') ? 'IPv6' : 'IPv4' }) as NetworkInterfaceInfo;

test('the addresses of all interfaces are told, IPv4 first, without loopback and link-local ones', () => {
  const found = ownAddresses({
    lo: [at('127.0.0.1', true), at('::1', true)],
    eth0: [at('2001:db8::7'), at('fe80::1'), at('192.0.2.7')],
    wlan0: [at('198.51.100.3')],
  });
  assert.equal(found, ['192.0.2.7', '198.51.100.3', '2001:db8::7']);
});

test('a machine without a network is reached on its loopback', () => {
  assert.equal(ownAddresses({ lo: [at('127.0.0.1', true), at('::1', true)] }), ['127.0.0.1', '::1']);
});

test.run();
