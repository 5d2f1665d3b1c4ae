import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Headers } from '../message/headers.ts';
import type { SipRequest } from '../message/message.ts';
import type { Source } from './hop.ts';
import { localAddress, localFor } from './listener.ts';
import { responseHop, sentByOf, stampVia, viaValue } from './via-routing.ts';

const SOURCE: Source = { transport: 'udp', address: '198.51.100.7', port: 4321 };

function arrived(...vias: string[]): SipRequest {
  const headers = Headers.of(vias.map(via => ['Via', via] as const));
  return { kind: 'request', method: 'OPTIONS', uri: 'sip:a@b', headers, body: Buffer.alloc(0) };
}

test('the topmost Via is told where the request came from; the others stay as they are', () => {
  const cases: [via: string, stamped: string, port: number][] = [
    ['SIP/2.0/UDP 198.51.100.7:5070;branch=z', 'SIP/2.0/UDP 198.51.100.7:5070;branch=z', 5070],
    ['SIP/2.0/UDP 198.51.100.7;branch=z', 'SIP/2.0/UDP 198.51.100.7;branch=z', 5060],
    ['SIP/2.0/UDP 10.1.1.1:5070;branch=z', 'SIP/2.0/UDP 10.1.1.1:5070;branch=z;received=198.51.100.7', 5070],
    ['SIP/2.0/UDP pc.example.com;branch=z', 'SIP/2.0/UDP pc.example.com;branch=z;received=198.51.100.7', 5060],
    ['SIP/2.0/UDP 10.1.1.1;rport;branch=z', 'SIP/2.0/UDP 10.1.1.1;rport=4321;branch=z;received=198.51.100.7', 4321],
    [
      'SIP/2.0/UDP 10.1.1.1;maddr=1.2.3.4;branch=z',
      'SIP/2.0/UDP 10.1.1.1;maddr=1.2.3.4;branch=z;received=198.51.100.7',
      5060,
    ],
    ['SIP/2.0/UDP 10.1.1.1;received=1.2.3.4;rport=9', 'SIP/2.0/UDP 10.1.1.1;received=198.51.100.7;rport=4321', 4321],
  ];
  for (const [via, stamped, port] of cases) {
    const request = arrived(`${via}, SIP/2.0/TCP deeper:1;branch=y`, 'SIP/2.0/UDP last');
    const top = stampVia(request, SOURCE);
    assert.equal(request.headers.getAll('Via'), [stamped, 'SIP/2.0/TCP deeper:1;branch=y', 'SIP/2.0/UDP last']);
    assert.equal(responseHop(top, SOURCE), { transport: 'udp', address: '198.51.100.7', port });
  }
});

test('over TCP a lost connection is made again to the sent-by port, never to the ephemeral one', () => {
  const source: Source = { ...SOURCE, transport: 'tcp' };
  const via = stampVia(arrived('SIP/2.0/TCP 10.1.1.1:5080;rport;branch=z'), source);
  assert.equal(responseHop(via, source), { transport: 'tcp', address: '198.51.100.7', port: 5080 });
});

test('where a TLS Via names no port it means 5061', () => {
  const source: Source = { ...SOURCE, transport: 'tls' };
  const via = stampVia(arrived('SIP/2.0/TLS pbx.example.com;branch=z'), source);
  assert.is(responseHop(via, source).port, 5061);
  assert.is(sentByOf(via), 'pbx.example.com:5061');
});

test('our Via shows the advertised address, and its answers are recognised', () => {
  const options = { transport: 'udp', host: '127.0.0.1', port: 0 } as const;
  const cases: [advertise: string | undefined, sentBy: string][] = [
    [undefined, '127.0.0.1:5066'],
    ['sip.example.com', 'sip.example.com:5066'],
    ['203.0.113.1:6000', '203.0.113.1:6000'],
    ['[2001:db8::1]:6000', '[2001:db8::1]:6000'],
  ];
  for (const [advertise, sentBy] of cases) {
    const local = localAddress(advertise === undefined ? options : { ...options, advertise }, 5066);
    const value = viaValue(local, 'z9hG4bKx');
    assert.is(value, `SIP/2.0/UDP ${sentBy};branch=z9hG4bKx;rport`);
    assert.is(sentByOf(stampVia(arrived(value), SOURCE)), local.sentBy);
  }
  assert.throws(() => localAddress({ ...options, advertise: 'a b' }, 1), /advertise/);
});

test('a wildcard listener shows an address that peers can use', () => {
  const local = localAddress({ transport: 'udp', host: '0.0.0.0', port: 5060 }, 5060);
  assert.match(local.sentBy, /^(?!0\.0\.0\.0)\d+\.\d+\.\d+\.\d+:5060$/);
});

test("the listener is chosen by transport, family, the dialog's own, and loopback for loopback", () => {
  const [loop, lan, six, tcp] = [
    localAddress({ transport: 'udp', host: '127.0.0.1', port: 1 }, 1),
    localAddress({ transport: 'udp', host: '192.0.2.1', port: 2 }, 2),
    localAddress({ transport: 'udp', host: '::1', port: 3 }, 3),
    localAddress({ transport: 'tcp', host: '192.0.2.1', port: 4 }, 4),
  ] as const;
  const all = [loop, lan, six, tcp];
  assert.is(localFor(all, { transport: 'udp', address: '192.0.2.8' }, null), lan);
  assert.is(localFor(all, { transport: 'udp', address: '127.0.0.9' }, null), loop);
  assert.is(localFor(all, { transport: 'udp', address: '192.0.2.8' }, loop), loop);
  assert.is(localFor(all, { transport: 'tcp', address: '192.0.2.8' }, loop), tcp);
  assert.is(localFor(all, { transport: 'udp', address: '2001:db8::1' }, lan), six);
  assert.is(localFor(all, { transport: 'tcp', address: '::1' }, null), null);
});

test.run();
