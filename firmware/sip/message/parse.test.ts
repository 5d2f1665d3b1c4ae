import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SipParseError } from './errors.ts';
import { INVITE, OK, REGISTER, UNUSUAL } from './message.samples.ts';
import type { SipRequest, SipResponse } from './message.ts';
import { parseMessage } from './parse.ts';

const parse = (text: string) => parseMessage(Buffer.from(text));

function request(text: string): SipRequest {
  const message = parse(text);
  assert.is(message.kind, 'request');
  return message as SipRequest;
}

function response(text: string): SipResponse {
  const message = parse(text);
  assert.is(message.kind, 'response');
  return message as SipResponse;
}

/** A small request; `lines` stand behind the mandatory fields. */
function options(lines: string[] = [], body = ''): string {
  return [
    'OPTIONS sip:b@c SIP/2.0',
    'Via: SIP/2.0/UDP host;branch=z9hG4bK1',
    'From: <sip:a@b>;tag=1',
    'To: <sip:b@c>',
    'Call-ID: 1@host',
    'CSeq: 1 OPTIONS',
    ...lines,
    '',
    body,
  ].join('\r\n');
}

function refused(text: string | Buffer, status: number, why: RegExp): void {
  try {
    parseMessage(Buffer.from(text as string));
  } catch (error) {
    assert.instance(error, SipParseError);
    assert.is((error as SipParseError).status, status);
    assert.match((error as SipParseError).message, why);
    return;
  }
  assert.unreachable(`not refused: ${String(text).slice(0, 60)}`);
}

test('an INVITE with an offer is read', () => {
  const { method, uri, headers, body } = request(INVITE);
  assert.is(method, 'INVITE');
  assert.is(uri, 'sip:bob@biloxi.com');
  assert.equal(headers.getAll('Via'), [
    'SIP/2.0/UDP bigbox3.site3.atlanta.com;branch=z9hG4bK77ef4c2312983.1',
    'SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKnashds8;received=192.0.2.1',
  ]);
  assert.is(headers.get('From'), '"Alice Liddell" <sip:alice@atlanta.com>;tag=1928301774');
  assert.is(headers.get('Call-ID'), 'a84b4c76e66710@pc33.atlanta.com');
  assert.is(headers.get('CSeq'), '314159 INVITE');
  assert.ok(body.toString().startsWith('v=0\r\n'));
  assert.is(body.length, Number(headers.get('Content-Length')));
});

test('a response is read, with and without a phrase', () => {
  assert.is(response(OK).status, 200);
  assert.is(response(OK).reason, 'OK');
  assert.is(response(OK.replace('200 OK', '486 Zu tun, später')).reason, 'Zu tun, später');
  assert.is(response(OK.replace('200 OK', '200 ')).reason, '');
  assert.is(response(OK.replace('200 OK', '200')).reason, '');
});

test('compact names, folding, odd blanks and several elements in a field are understood', () => {
  const { uri, headers } = request(UNUSUAL);
  assert.is(uri, 'sip:[2001:db8::10]:5070;transport=TCP');
  assert.equal(headers.getAll('Via'), [
    'SIP/2.0/TCP first.example.com:4000;branch=z9hG4bK1;rport',
    'SIP / 2.0 / UDP 192.0.2.2;ttl=3 ; branch=z9hG4bK2',
  ]);
  assert.is(headers.get('From'), 'sip:caller@example.net;tag=98asjd8');
  assert.is(headers.get('CSeq'), '0009 OPTIONS');
  assert.equal(headers.getAll('Contact'), [
    '"Quoted, string" <sip:a,b@example.com;x=1?y=2>;q=0.7',
    'sip:plain@example.com;expires=3600',
  ]);
  assert.equal(headers.getAll('Route'), ['<sip:p1.example.com;lr>', '<sip:p2.example.com;lr>']);
  assert.is(headers.get('X-Unknown-Header'), 'kept, as it is');
  assert.is(headers.get('Subject'), '');
});

test('a folded header of one value is one value', () => {
  const authorization = request(REGISTER).headers.getAll('Authorization');
  assert.is(authorization.length, 1);
  assert.match(authorization[0] ?? '', /nonce="84a4cc6f3082121f32b42a2187831a9e", uri="sip:registrar\.biloxi\.com"/);
});

test('lines may end in LF alone', () => {
  const { headers, body } = request(INVITE.replaceAll('\r\n', '\n').replace(/Content-Length.*\n/, ''));
  assert.is(headers.get('To'), 'Bob <sip:bob@biloxi.com>');
  assert.ok(body.toString().startsWith('v=0\n'));
});

test('line breaks before the start line are ignored (RFC 3261 §7.5)', () => {
  assert.is(request(`\r\n\r\n${INVITE}`).method, 'INVITE');
});

test('what follows the Content-Length is dropped; without one the body goes to the end (RFC 3261 §18.3)', () => {
  assert.is(request(options(['Content-Length: 3'], 'abcdef')).body.toString(), 'abc');
  assert.is(request(options(['l:0'], 'abcdef')).body.length, 0);
  assert.is(request(options([], 'abcdef')).body.toString(), 'abcdef');
});

test('a method that nobody knows and a Request-URI of another scheme are read (RFC 4475 §3.3.2)', () => {
  const text = options()
    .replace('OPTIONS sip:b@c', "!interesting-Method0123456789_*+`.%indeed'~ foo:bar")
    .replace('1 OPTIONS', "1 !interesting-Method0123456789_*+`.%indeed'~");
  assert.is(request(text).method, "!interesting-Method0123456789_*+`.%indeed'~");
  assert.is(request(text).uri, 'foo:bar');
});

test('a body keeps its bytes', () => {
  const head = Buffer.from(options(['Content-Length: 256']));
  const body = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
  assert.equal(parseMessage(Buffer.concat([head, body])).body, body);
});

for (const name of ['Via', 'From', 'To', 'Call-ID', 'CSeq']) {
  test(`a message without ${name} is refused`, () => {
    refused(options().replace(new RegExp(`${name}: .*\r\n`), ''), 400, new RegExp(`no ${name}`));
    refused(OK.replace(new RegExp(`(?:${name}: .*\r\n)+`), ''), 400, new RegExp(`no ${name}`));
  });
}

for (const line of ['From: <sip:x@y>', 't: <sip:x@y>', 'i: 2', 'CSeq: 1 OPTIONS']) {
  test(`a second field where one is allowed is refused: ${line}`, () => refused(options([line]), 400, /stands twice/));
}

test('lengths that lie are refused', () => {
  refused(options(['Content-Length: 7'], 'abcdef'), 400, /shorter/);
  refused(options(['Content-Length: -1'], 'abcdef'), 400, /not a number/);
  refused(options(['Content-Length: 0x1'], 'abcdef'), 400, /not a number/);
  refused(options(['Content-Length: 1, 2'], 'abcdef'), 400, /not a number/);
  refused(options(['Content-Length: 99999999999999999999'], 'abcdef'), 400, /not a number/);
  refused(options(['Content-Length: 1', 'l: 2'], 'abcdef'), 400, /twice/);
});

test('a CSeq that does not fit its request is refused (RFC 4475 §3.1.2.17)', () => {
  refused(options().replace('1 OPTIONS', '1 INVITE'), 400, /CSeq method/);
  refused(options().replace('1 OPTIONS', '36893488147419103232 OPTIONS'), 400, /2\^31/);
  refused(OK.replace('314159 INVITE', '-1 INVITE'), 400, /CSeq/);
});

test('start lines that are none are refused', () => {
  const withLine = (line: string) => options().replace('OPTIONS sip:b@c SIP/2.0', line);
  refused(withLine('OPTIONS sip:b@c'), 400, /first line/);
  refused(withLine('OPTIONS'), 400, /first line/);
  refused(withLine('OPTIONS sip:b@c; x SIP/2.0'), 400, /Request-URI/);
  refused(withLine('OPTIONS  sip:b@c SIP/2.0'), 400, /Request-URI/);
  refused(withLine('OPTIONS sip:b@c SIP/2.0 '), 400, /SIP\/2\.0/);
  refused(withLine('OPTIONS <sip:b@c> SIP/2.0'), 400, /Request-URI/);
  refused(withLine('OPT(IONS sip:b@c SIP/2.0'), 400, /method/);
  refused(withLine('GET / HTTP/1.1'), 400, /SIP\/2\.0/);
  refused(withLine('OPTIONS sip:b@c SIP/7.0'), 505, /SIP\/2\.0/);
  refused(withLine(`OPTIONS sip:${'b'.repeat(9000)} SIP/2.0`), 414, /too long/);
  refused(OK.replace('SIP/2.0 200', 'SIP/2.0 4294967301'), 400, /status line/);
  refused(OK.replace('SIP/2.0 200', 'SIP/2.0 99'), 400, /status line/);
  refused(OK.replace('SIP/2.0 200', 'SIP/3.0 200'), 505, /SIP\/2\.0/);
});

test('what two readers could take for different lines is refused', () => {
  refused(options(['X: a\rY: b']), 400, /CR stands alone/);
  refused(options(['X: a\0b']), 400, /NUL/);
  refused(options(['no colon here']), 400, /no name/);
  refused(options([': empty']), 400, /no name/);
  refused(options(['bad name: x']), 400, /token/);
  refused(options().replace('Via:', ' Via:'), 400, /name|token/);
});

test('what is no message at all is refused', () => {
  refused('', 400, /empty/);
  refused('\r\n\r\n', 400, /empty/);
  refused('INVITE', 400, /empty line/);
  refused(options().slice(0, -2), 400, /empty line/);
  refused('garbage\r\n\r\n', 400, /no Via/);
  refused(Buffer.alloc(1200, 0x80), 400, /empty line/);
});

test('sizes are bounded', () => {
  assert.is(request(options([`X: ${'a'.repeat(8100)}`])).headers.get('X')?.length, 8100);
  refused(options([`X: ${'a'.repeat(8200)}`]), 400, /longer than 8192/);
  refused(options(['X: a', ...Array<string>(9000).fill(' b')]), 400, /longer than 8192/);
  assert.is(request(options(Array<string>(251).fill('X: a'))).headers.size, 256);
  refused(options(Array<string>(252).fill('X: a')), 400, /more than 256/);
  refused(options([], 'a'.repeat(65_536)), 513, /64 KiB/);
});

test.run();
