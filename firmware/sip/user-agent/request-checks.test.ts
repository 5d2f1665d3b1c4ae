import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Headers } from '../message/headers.ts';
import type { SipRequest } from '../message/message.ts';
import { type Circumstances, check } from './request-checks.ts';

interface Change {
  uri?: string;
  to?: string;
  without?: string;
  headers?: [string, string][];
  body?: string;
}

function request(method: string, change: Change = {}): SipRequest {
  const headers = Headers.of([
    ['Max-Forwards', '70'],
    ['From', '<sip:a@x>;tag=1'],
    ['To', change.to ?? '<sip:b@y>'],
    ['Contact', '<sip:a@x>'],
  ]);
  if (change.without) headers.delete(change.without);
  for (const [name, value] of change.headers ?? []) headers.add(name, value);
  return { kind: 'request', method, uri: change.uri ?? 'sip:b@y', headers, body: Buffer.from(change.body ?? '') };
}

const PLAIN: Circumstances = { secure: false, owned: false };

function refusal(method: string, change: Change = {}, circumstances: Partial<Circumstances> = {}) {
  const checked = check(request(method, change), { ...PLAIN, ...circumstances });
  if (checked.kind === 'request') return null;
  const { status, headers = [] } = checked.refusal;
  return [status, ...headers.map(([name, value]) => `${name}: ${value}`)].join(' ');
}

const IN_DIALOG = '<sip:b@y>;tag=2';
const CORE = 'INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE';
const DIALOG = `${CORE}, INFO, REFER, NOTIFY, SUBSCRIBE, MESSAGE`;

test('methods are allowed where somebody answers them, and Allow says where', () => {
  for (const method of ['INVITE', 'OPTIONS', 'BYE', 'PRACK', 'UPDATE']) assert.is(refusal(method), null, method);
  for (const method of ['REGISTER', 'MESSAGE', 'PUBLISH', 'SUBSCRIBE', 'NOTIFY', 'REFER', 'INFO']) {
    assert.is(refusal(method), `405 Allow: ${CORE}`, method);
    assert.is(refusal(method, {}, { owned: true }), null, method);
    const inside = method === 'REGISTER' || method === 'PUBLISH' ? `405 Allow: ${DIALOG}` : null;
    assert.is(refusal(method, { to: IN_DIALOG }), inside, method);
  }
  assert.is(refusal('DANCE'), `501 Allow: ${CORE}`);
  assert.is(refusal('DANCE', {}, { owned: true }), `501 Allow: ${DIALOG}, REGISTER, PUBLISH`);
  assert.is(refusal('invite'), `501 Allow: ${CORE}`);
});

test('of the extensions that are required exactly the unknown ones are named; those for proxies are none of ours', () => {
  assert.is(refusal('INVITE', { headers: [['Require', '100rel, Timer, replaces']] }), null);
  const some: [string, string][] = [
    ['Require', 'precondition, timer'],
    ['Require', 'sec-agree'],
  ];
  assert.is(refusal('INVITE', { headers: some }), '420 Unsupported: precondition, sec-agree');
  assert.is(refusal('BYE', { to: IN_DIALOG, headers: [['Require', 'x']] }), '420 Unsupported: x');
  assert.is(refusal('INVITE', { headers: [['Proxy-Require', 'x']] }), null);
});

test('sips is believed over TLS alone', () => {
  assert.is(refusal('INVITE', { uri: 'sips:b@y' }), '416');
  assert.is(refusal('INVITE', { uri: 'sips:b@y' }, { secure: true }), null);
  assert.is(refusal('INVITE', { uri: 'tel:+4420' }), null);
  assert.is(refusal('INVITE', { uri: 'im:b@y' }), '416');
});

test('hops are counted for what begins something', () => {
  const none = { without: 'Max-Forwards', headers: [['Max-Forwards', '0']] as [string, string][] };
  assert.is(refusal('INVITE', none), '483');
  assert.is(refusal('OPTIONS', none), null);
  assert.is(refusal('BYE', { ...none, to: IN_DIALOG }), null);
  assert.is(refusal('INVITE', { without: 'Max-Forwards' }), null);
  assert.is(refusal('INVITE', { without: 'Max-Forwards', headers: [['Max-Forwards', 'many']] }), '400');
});

test('an INVITE says with one Contact where its caller is', () => {
  assert.is(refusal('INVITE', { without: 'Contact' }), '400');
  assert.is(refusal('INVITE', { headers: [['Contact', '<sip:c@z>']] }), '400');
  assert.is(refusal('INVITE', { without: 'Contact', headers: [['Contact', '*']] }), '400');
  assert.is(refusal('OPTIONS', { without: 'Contact' }), null);
});

test('a peer of RFC 2543 may call without a Contact, one that knows branches or hops may not', () => {
  const old = (via: string, ...more: [string, string][]) => {
    const invite = request('INVITE', { without: 'Contact', headers: [['Via', via], ...more] });
    invite.headers.delete('Max-Forwards');
    for (const [name, value] of more) invite.headers.set(name, value);
    return check(invite, PLAIN).kind;
  };
  assert.is(old('SIP/2.0/UDP a'), 'request');
  assert.is(old('SIP/2.0/UDP a;branch=1'), 'request');
  assert.is(old('SIP/2.0/UDP a;branch=z9hG4bK1'), 'refusal');
  assert.is(old('SIP/2.0/UDP a', ['Max-Forwards', '70']), 'refusal');
});

test('an INVITE whose caller says that it cannot read a description is answered 406', () => {
  const accept = (value: string) => refusal('INVITE', { headers: [['Accept', value]] });
  assert.match(accept('text/nobodyKnowsThis') ?? '', /^406 Warning: 399 /);
  assert.match(accept('') ?? '', /^406/);
  for (const value of ['text/plain, Application/SDP;level=1', '*/*', 'application/*;q=0.5', 'multipart/mixed'])
    assert.is(accept(value), null, value);
  assert.is(refusal('OPTIONS', { headers: [['Accept', 'text/plain']] }), null);
});

test('an INVITE, UPDATE or PRACK brings a description or nothing; the bodies of others are for their owners', () => {
  const xml: Change = { headers: [['Content-Type', 'text/xml']], body: '<x/>' };
  const accept =
    '415 Accept: application/sdp, application/dtmf-relay, application/dtmf, message/sipfrag, multipart/mixed';
  for (const method of ['INVITE', 'UPDATE', 'PRACK']) assert.is(refusal(method, { ...xml, to: IN_DIALOG }), accept);
  for (const method of ['INFO', 'MESSAGE', 'BYE']) assert.is(refusal(method, { ...xml, to: IN_DIALOG }), null);
  const zip: Change = {
    headers: [
      ['Content-Type', 'application/sdp'],
      ['Content-Encoding', 'gzip'],
    ],
    body: '?',
  };
  assert.is(refusal('INVITE', zip), '415 Accept-Encoding: identity');
  const broken: Change = { headers: [['Content-Type', 'multipart/mixed']], body: 'x' };
  assert.is(refusal('INVITE', broken), '400');
});

test('the request goes on with its description, out of whatever it was packed in', () => {
  const body = '--B\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--B--';
  const packed = request('INVITE', { headers: [['Content-Type', 'multipart/mixed;boundary=B']], body });
  const checked = check(packed, PLAIN);
  assert.is(checked.kind === 'request' && checked.request.body.toString(), 'v=0');
  assert.is(checked.kind === 'request' && checked.request.headers.get('Content-Type'), 'application/sdp');
});

test.run();
