import type { NetworkInterfaceInfo } from 'node:os';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfig } from '../config/load.ts';
import { certificateNames } from './certificate-names.ts';

const config = (more: object) => parseConfig(JSON.stringify({ box: 'front-desk', ...more }), 'test');
const at = (...addresses: string[]) => ({
  hostname: 'Edge.example.org',
  interfaces: {
    eth0: addresses.map(
      address => ({ address, family: address.includes(':') ? 'IPv6' : 'IPv4' }) as NetworkInterfaceInfo,
    ),
  },
});

test('a certificate is for the host, its mDNS name, the box, and the addresses of its interfaces', () => {
  assert.equal(certificateNames(config({}), at('192.0.2.9', 'fe80::1', '2001:db8::9', '127.0.0.1')), {
    dns: ['edge.example.org', 'edge.local', 'front-desk', 'localhost'],
    addresses: ['127.0.0.1', '192.0.2.9', '2001:db8::9', '::1'],
  });
});

test('what the configuration advertises and names is added, what one can only listen on is not', () => {
  const { dns, addresses } = certificateNames(
    config({
      http: { host: '0.0.0.0', tls: { names: ['Phones.Example.com', '198.51.100.7'] } },
      sip: { listeners: [{ transport: 'udp', host: '0.0.0.0', advertise: 'sip.example.com:5070' }] },
      media: { host: '0.0.0.0', advertise: '203.0.113.5' },
    }),
    at(),
  );
  for (const name of ['phones.example.com', 'sip.example.com']) assert.ok(dns.includes(name), name);
  assert.equal(addresses, ['127.0.0.1', '198.51.100.7', '203.0.113.5', '::1']);
});

test("the vendors' names are certified only when asked for", () => {
  const names = (vendorNames: boolean) => certificateNames(config({ http: { tls: { vendorNames } } }), at()).dns;
  assert.not.ok(names(false).includes('api.twilio.com'));
  for (const name of ['api.opentok.com', 'video.api.vonage.com', 'api.nexmo.com', 'rest.nexmo.com', 'api.twilio.com'])
    assert.ok(names(true).includes(name), name);
});

test('names that no certificate can carry are left out, and hundreds of addresses are bounded', () => {
  const many = Array.from({ length: 300 }, (_, index) => `10.0.${index >> 8}.${index & 255}`);
  const { dns, addresses } = certificateNames(config({ box: 'under_score' }), { ...at(...many), hostname: 'a_b' });
  assert.equal(dns, ['localhost']);
  assert.is(addresses.length, 100);
});

test.run();
