import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { clientTransactionKey, dialogKey, serverTransactionKey } from './call-key.ts';
import { Headers } from './headers.ts';
import type { SipRequest } from './message.ts';
import { parseVia } from './via.ts';

function keyOf(method: string, via: string, to = '<sip:b@c>', number = 1): string {
  const headers = Headers.of([
    ['Via', via],
    ['From', '<sip:a@b>;tag=f'],
    ['To', to],
    ['Call-ID', 'call'],
    ['CSeq', `${number} ${method}`],
  ]);
  const request: SipRequest = { kind: 'request', method, uri: 'sip:b@c', headers, body: Buffer.alloc(0) };
  return serverTransactionKey(request, parseVia(via));
}

test('an ACK belongs to its INVITE, a CANCEL is a transaction of its own (RFC 3261 §17.2.3)', () => {
  const via = 'SIP/2.0/UDP host:5060;branch=z9hG4bK1';
  assert.is(keyOf('ACK', via), keyOf('INVITE', via));
  assert.is.not(keyOf('CANCEL', via), keyOf('INVITE', via));
});

test('equal branches of two hosts are two transactions', () => {
  const branch = ';branch=z9hG4bK1';
  assert.is.not(keyOf('INVITE', `SIP/2.0/UDP one${branch}`), keyOf('INVITE', `SIP/2.0/UDP two${branch}`));
  assert.is.not(keyOf('INVITE', `SIP/2.0/UDP one${branch}`), keyOf('INVITE', `SIP/2.0/UDP one:5061${branch}`));
});

test('without the magic cookie the rest of the request tells transactions apart', () => {
  const via = 'SIP/2.0/UDP host;branch=1';
  assert.is(keyOf('ACK', via, '<sip:b@c>;tag=t'), keyOf('INVITE', via));
  assert.is.not(keyOf('INVITE', via, '<sip:b@c>', 2), keyOf('INVITE', via));
  assert.is.not(keyOf('BYE', via), keyOf('INVITE', via));
});

test('keys of dialogs and client transactions differ when any part does', () => {
  assert.is.not(dialogKey('a', 'b', 'c'), dialogKey('a', 'c', 'b'));
  assert.is(dialogKey('a', 'b', null), dialogKey('a', 'b', ''));
  assert.is.not(clientTransactionKey('z9hG4bK1', 'INVITE'), clientTransactionKey('z9hG4bK1', 'CANCEL'));
});

test.run();
