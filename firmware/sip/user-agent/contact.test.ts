import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Headers } from '../message/headers.ts';
import type { SipRequest } from '../message/message.ts';
import type { TransportName } from '../transport/hop.ts';
import { localAddress } from '../transport/listener.ts';
import { contactValue, wantsSips } from './contact.ts';

const local = (transport: TransportName) => localAddress({ transport, host: '192.0.2.1', port: 5060 }, 5060);

test('a Contact names the listener and how it is reached', () => {
  assert.is(contactValue(local('udp'), 'bob'), '<sip:bob@192.0.2.1:5060>');
  assert.is(contactValue(local('tcp'), null), '<sip:192.0.2.1:5060;transport=tcp>');
  assert.is(contactValue(local('tls'), 'b>b'), '<sip:b%3Eb@192.0.2.1:5060;transport=tls>');
  assert.is(contactValue(local('tls'), 'bob', true), '<sips:bob@192.0.2.1:5060>');
});

test('it is sips when the request was, or when the nearest proxy is (RFC 3261 §12.1.1)', () => {
  const request = (uri: string, routes: string[]): SipRequest => {
    const headers = Headers.of(routes.map(route => ['Record-Route', route] as const));
    return { kind: 'request', method: 'INVITE', uri, headers, body: Buffer.alloc(0) };
  };
  assert.not(wantsSips(request('sip:b@y', [])));
  assert.ok(wantsSips(request('SIPS:b@y', [])));
  assert.ok(wantsSips(request('sip:b@y', ['<sips:p1;lr>', '<sip:p2;lr>'])));
  assert.not(wantsSips(request('sip:b@y', ['<sip:p1;lr>', '<sips:p2;lr>'])));
});

test.run();
