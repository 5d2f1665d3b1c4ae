import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isCrosspointError } from '../../base/errors.ts';
import { dialRequestOf } from './dial-request.ts';

type Sip = Parameters<typeof dialRequestOf>[0];

const uri = 'sip:bob@127.0.0.1:5070';
const participant = { role: 'publisher', data: 'data' } as const;

function outcome(sip: Sip): string {
  try {
    dialRequestOf(sip, participant);
    return 'accepted';
  } catch (error) {
    if (isCrosspointError(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
}

test('somebody who may only listen is dialled without being heard', () => {
  assert.is(dialRequestOf({ uri }, { role: 'subscriber', data: '' }).publishes, false);
  assert.is(dialRequestOf({ uri }, { role: 'moderator', data: '' }).publishes, true);
});

test('only what was given is asked for', () => {
  assert.equal(dialRequestOf({ uri }, participant), {
    uri,
    from: undefined,
    headers: [],
    auth: undefined,
    secure: false,
    connectionData: 'data',
    publishes: true,
    observeForceMute: false,
  });
  const nothing = {
    from: null,
    headers: null,
    auth: null,
    secure: null,
    video: null,
    streams: null,
    observeForceMute: null,
  };
  assert.equal(dialRequestOf({ uri, ...nothing }, participant), dialRequestOf({ uri }, participant));
  assert.is(dialRequestOf({ uri, from: '' }, participant).from, undefined);
});

const uris: [uri: string, expected: string | RegExp][] = [
  ['sip:bob@example.com', 'accepted'],
  ['SIP:bob@example.com', 'accepted'],
  ['sip:bob@[2001:db8::1]:5070;transport=TCP', 'accepted'],
  ['sip:+14155550101@example.com;transport=udp;user=phone', 'accepted'],
  ['bob@example.com:5070;transport=tcp', 'accepted'],
  ['sips:bob@example.com', 'accepted'],
  ['sips:bob@example.com;transport=tcp', 'accepted'],
  ['sips:bob@example.com;transport=udp', /goes over TLS/],
  ['sip:bob@example.com;transport=tls', 'accepted'],
  ['sip:bob@example.com;transport=TLS', 'accepted'],
  ['sip:bob@example.com;transport=ws', /none of udp, tcp and tls/],
  ['sip:bob@example.com;transport', 'accepted'],
  ['sip:example.com', /must be sip:user@host/],
  ['tel:+14155550101', /must be sip:user@host/],
  ['http://bob@example.com', /^http.bad-request: sip.uri/],
  ['mailto:bob@example.com', /^http.bad-request: sip.uri/],
  ['bob', /^http.bad-request: sip.uri/],
  ['sip:', /^http.bad-request: sip.uri/],
  ['sip:@example.com', /^http.bad-request: sip.uri/],
  ['sip:bob@', /^http.bad-request: sip.uri/],
  ['sip:bob@example.com:99999', /^http.bad-request: sip.uri/],
  ['sip:bob@exa mple.com', /^http.bad-request: sip.uri/],
  ['sip:bob@example.com?Subject=x', /must not carry headers/],
  ['sip:bob@example.com\r\nVia: x', /^http.bad-request: sip.uri/],
  ['sip:bob@example.com>\r\n', /^http.bad-request: sip.uri/],
  ['sip:bob%0d%0a@example.com', 'accepted'],
];

for (const [text, expected] of uris) {
  test(`the URI ${JSON.stringify(text)} is ${expected === 'accepted' ? 'dialled' : 'refused'}`, () => {
    if (typeof expected === 'string') assert.is(outcome({ uri: text }), expected);
    else assert.match(outcome({ uri: text }), expected);
  });
}

const many = (count: number, size: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`X-${i}`, 'v'.repeat(size)]));

const headers: [why: string, headers: Record<string, string>, expected: RegExp][] = [
  ['a name in any case', { 'x-a': 'b', 'X-B': 'ü' }, /^accepted$/],
  ['a tab', { 'X-A': 'b\tc' }, /^accepted$/],
  ['32 headers', many(32, 10), /^accepted$/],
  ['33 headers', many(33, 10), /more than 32/],
  ['too many bytes', many(5, 1000), /larger than 4096 bytes/],
  ['too many bytes, counted as sent', { 'X-A': 'ü'.repeat(2047) }, /larger than 4096 bytes/],
  ['a name of SIP’s own', { Via: 'x' }, /must start with X-/],
  ['a name with a line break', { 'X-A\r\nVia': 'x' }, /must start with X-/],
  ['a name with a colon', { 'X-A:': 'x' }, /must start with X-/],
  ['an empty name', { '': 'x' }, /must start with X-/],
  ['a name that is kept', { 'x-opentok-SessionId': 'x' }, /kept for the gateway/],
  ['the same name twice', { 'X-A': '1', 'x-a': '2' }, /stands twice/],
  ['CR', { 'X-A': 'b\rVia: c' }, /control characters/],
  ['LF', { 'X-A': 'b\nVia: c' }, /control characters/],
  ['NUL', { 'X-A': 'b\0' }, /control characters/],
];

for (const [why, value, expected] of headers) {
  test(`headers with ${why} are ${expected.source === '^accepted$' ? 'taken' : 'refused'}`, () => {
    assert.match(outcome({ uri, headers: value }), expected);
  });
}

test('an identity may be a number, a name or nothing, but not more than a line', () => {
  for (const from of ['14155550101@example.com', '+1415@10.0.0.1:5060', 'alice@example.com', '14155550101', 'a b@x'])
    assert.is(outcome({ uri, from }), 'accepted', from);
  for (const from of ['1@a\r\nVia: x', '1\r\n@a', '1@', '1@a b', '1@a>;tag=x', '1\0@a'])
    assert.match(outcome({ uri, from }), /^http.bad-request: sip.from/, from);
});

test('credentials are taken as they are, without line breaks', () => {
  assert.equal(dialRequestOf({ uri, auth: { username: 'ü"\\', password: '' } }, participant).auth, {
    username: 'ü"\\',
    password: '',
  });
  assert.match(outcome({ uri, auth: { username: 'a\r\nb', password: 'c' } }), /control characters/);
  assert.match(
    outcome({ uri, auth: { username: 'a', password: 'hunter2\n' } }),
    /^http.bad-request: sip.auth contains control characters$/,
  );
});

test('what this version cannot do is refused, what it need not do is not', () => {
  assert.match(outcome({ uri, video: true }), /^http.not-implemented: .* is not available yet$/);
  assert.is(dialRequestOf({ uri, secure: true }, participant).secure, true);
  assert.is(outcome({ uri, secure: false, video: false, observeForceMute: false }), 'accepted');
  assert.is(dialRequestOf({ uri, observeForceMute: true }, participant).observeForceMute, true);
});

test('streams that alone are to be heard are handed on, none of them too, and the classes of the token', () => {
  for (const streams of [['a', 'b'], []]) assert.equal(dialRequestOf({ uri, streams }, participant).streams, streams);
  const { layoutClasses } = dialRequestOf({ uri }, { ...participant, layoutClasses: ['focus'] });
  assert.equal(layoutClasses, ['focus']);
});

test.run();
