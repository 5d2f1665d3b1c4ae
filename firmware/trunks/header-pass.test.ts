import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Headers } from '../sip/message/headers.ts';
import { passHeaders } from './header-pass.ts';

const standard = { pass: ['X-*', 'User-to-User'], diversion: 'drop' } as const;

test('named headers and beginnings cross, in their order and spelling', () => {
  const headers = Headers.of([
    ['X-Queue', 'sales'],
    ['Subject', 'no'],
    ['x-other', '1'],
    ['User-to-User', '56a390f3d2b7310023a2;encoding=hex'],
    ['X-Queue', 'second'],
  ]);
  assert.equal(passHeaders(headers, standard), {
    headers: [
      ['X-Queue', 'sales'],
      ['x-other', '1'],
      ['User-to-User', '56a390f3d2b7310023a2;encoding=hex'],
      ['X-Queue', 'second'],
    ],
    dropped: [],
  });
});

test('what belongs to one side never crosses, even when everything is to pass', () => {
  const own = [
    'Via',
    'Route',
    'Record-Route',
    'Contact',
    'From',
    'To',
    'Call-ID',
    'CSeq',
    'Max-Forwards',
    'Authorization',
    'Proxy-Authorization',
    'Content-Type',
    'Content-Length',
    'Require',
    'Supported',
    'Allow',
    'Session-Expires',
    'Min-SE',
    'Replaces',
    'Refer-To',
    'Reason',
    'P-Asserted-Identity',
    'Remote-Party-ID',
    'Privacy',
    'Date',
    'User-Agent',
    'X-OpenTok-SessionId',
    'Diversion',
    'History-Info',
  ];
  const headers = Headers.of(own.map(name => [name, 'x'] as const));
  assert.equal(passHeaders(headers, { pass: ['*'], diversion: 'drop' }).headers, []);
});

test('an Identity header crosses letter by letter, first, and with its Date', () => {
  const value = `eyJ.${'a'.repeat(900)};info=<https://cert.example/a.pem>;alg=ES256;ppt=shaken`;
  const headers = Headers.of([
    ['X-A', '1'],
    ['Date', 'Sat, 13 Nov 2010 23:29:00 GMT'],
    ['y', value],
    ['Identity', 'second'],
  ]);
  assert.equal(passHeaders(headers, { pass: [], diversion: 'drop' }).headers, [
    ['Identity', value],
    ['Identity', 'second'],
    ['Date', 'Sat, 13 Nov 2010 23:29:00 GMT'],
  ]);
});

test('Diversion and History-Info cross where the trunk lets them', () => {
  const headers = Headers.of([
    ['Diversion', '<sip:1@a>;reason=no-answer'],
    ['History-Info', '<sip:2@a>;index=1'],
  ]);
  assert.is(passHeaders(headers, { pass: [], diversion: 'pass' }).headers.length, 2);
});

test('no more than 32 headers and 4096 bytes cross, and the rest is named', () => {
  const many = passHeaders(Headers.of(Array.from({ length: 40 }, (_, n) => [`X-${n}`, 'v'] as const)), standard);
  assert.is(many.headers.length, 32);
  assert.equal(many.dropped, ['X-32', 'X-33', 'X-34', 'X-35', 'X-36', 'X-37', 'X-38', 'X-39']);
  const large = passHeaders(
    Headers.of([
      ['X-A', 'é'.repeat(2000)],
      ['X-B', 'b'.repeat(2000)],
      ['X-C', 'c'],
    ]),
    standard,
  );
  assert.equal(
    large.headers.map(([name]) => name),
    ['X-A', 'X-C'],
  );
  assert.equal(large.dropped, ['X-B']);
});

test.run();
