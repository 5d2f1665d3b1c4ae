import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ManualClock } from '../../base/manual-clock.ts';
import type { SipRequest } from '../message/message.ts';
import { mutate, seededRandom } from '../message/mutations.ts';
import type { DigestAlgorithm } from './algorithms.ts';
import { field, request, response } from './auth.samples.ts';
import { DigestServer, type DigestServerOptions } from './digest-server.ts';
import { DigestSession } from './digest-session.ts';
import { DigestTries } from './digest-tries.ts';

const PASSWORDS = new Map([
  ['alice', 'wonder"land'],
  ['J\u00e4s\u00f8n', 'Secret, or not?'],
]);
const ALICE = { username: 'alice', password: 'wonder"land' };
const SECRET = Buffer.alloc(32, 7);

function server(change: Partial<DigestServerOptions> = {}) {
  const clock = new ManualClock();
  const password = (username: string) => PASSWORDS.get(username) ?? null;
  return { clock, digest: new DigestServer({ realm: 'box', clock, secret: SECRET, password, ...change }) };
}

/** A request with the answer of our own client to a challenge of the server. */
function answered(
  digest: DigestServer,
  { credentials = ALICE, kind = 'www' as 'www' | 'proxy', stale = false, original = request() } = {},
): SipRequest {
  const tries = new DigestTries(credentials);
  const status = kind === 'www' ? 401 : 407;
  assert.ok(tries.answer(original, response(status, digest.challenge(kind, stale))), 'the client takes the challenge');
  for (const [name, value] of tries.headers) original.headers.set(name, value);
  return original;
}

/** The same request with its Authorization changed. */
function changed(original: SipRequest, change: (header: string) => string, uri = original.uri): SipRequest {
  const header = change(original.headers.get('Authorization') ?? '');
  return request(original.method, uri, [['Authorization', header]]);
}

test('a challenge stands for each algorithm, the strongest first, all with one nonce', () => {
  const { digest } = server();
  const lines = digest.challenge('www', false);
  assert.equal(
    lines.map(([name, value]) => [name, field(value, 'realm'), field(value, 'qop'), field(value, 'algorithm')]),
    [
      ['WWW-Authenticate', 'box', 'auth', 'SHA-256'],
      ['WWW-Authenticate', 'box', 'auth', 'MD5'],
    ],
  );
  assert.is(field(lines[0]?.[1], 'nonce'), field(lines[1]?.[1], 'nonce'));
  assert.not.match(lines[0]?.[1] ?? '', 'stale');
  assert.match(digest.challenge('proxy', true)[0]?.join(': ') ?? '', /^Proxy-Authenticate: Digest .*stale=true/);
  assert.is.not(field(digest.challenge('www', false)[0]?.[1], 'nonce'), field(lines[0]?.[1], 'nonce'));
});

for (const algorithm of [
  'MD5',
  'MD5-sess',
  'SHA-256',
  'SHA-256-sess',
  'SHA-512-256',
  'SHA-512-256-sess',
] as DigestAlgorithm[]) {
  test(`our client is let in by ${algorithm}, at the server and at the proxy`, () => {
    const { digest } = server({ algorithms: [algorithm] });
    assert.equal(digest.check(answered(digest), 'www'), { kind: 'ok', username: 'alice' });
    assert.equal(digest.check(answered(digest, { kind: 'proxy' }), 'proxy'), { kind: 'ok', username: 'alice' });
  });
}

test('names and passwords beyond ASCII are compared as UTF-8, also in the extended notation', () => {
  const { digest } = server();
  const credentials = { username: 'J\u00e4s\u00f8n', password: 'Secret, or not?' };
  const right = answered(digest, { credentials });
  const extended = changed(right, header =>
    header.replace('username="J\u00e4s\u00f8n"', "username*=UTF-8''J%C3%A4s%C3%B8n"),
  );
  assert.match(extended.headers.get('Authorization') ?? '', 'username*=');
  assert.equal(digest.check({ ...extended, body: right.body }, 'www'), { kind: 'ok', username: 'J\u00e4s\u00f8n' });
});

test('a request without credentials for us is asked for them', () => {
  const { digest } = server();
  assert.equal(digest.check(request(), 'www'), { kind: 'absent' });
  for (const value of ['Basic YTpi', 'Digest username="alice", realm="other", nonce="n", uri="sip:a", response="0"'])
    assert.equal(
      digest.check(request('INVITE', 'sip:a', [['Authorization', value]]), 'www'),
      { kind: 'absent' },
      value,
    );
  assert.equal(digest.check(answered(digest, { kind: 'proxy' }), 'www'), { kind: 'absent' });
});

test('credentials for us are found among those for others', () => {
  const { digest } = server();
  const mine = answered(digest, { kind: 'proxy' });
  mine.headers.prepend(
    'Proxy-Authorization',
    'Digest username="b", realm="other", nonce="n", uri="sip:a", response="0"',
  );
  assert.equal(digest.check(mine, 'proxy'), { kind: 'ok', username: 'alice' });
});

test('an unknown user and a wrong password look the same', () => {
  const { digest } = server();
  const wrong = answered(digest, { credentials: { ...ALICE, password: 'wonderland' } });
  assert.equal(digest.check(wrong, 'www'), { kind: 'refused' });
  for (const password of ['', 'nobody', 'wonder"land'])
    assert.equal(digest.check(answered(digest, { credentials: { username: 'mallory', password } }), 'www'), {
      kind: 'refused',
    });
});

test('an unknown user is hashed as long as a known one', () => {
  const asked: string[] = [];
  const { digest } = server({
    password(username) {
      asked.push(username);
      return PASSWORDS.get(username) ?? null;
    },
  });
  const known = answered(digest, { credentials: { ...ALICE, password: 'x' } });
  const unknown = answered(digest, { credentials: { username: 'alicf', password: 'x' } });
  const cpu = (message: SipRequest) => {
    const before = process.cpuUsage();
    for (let i = 0; i < 2000; i++) assert.is(digest.check(message, 'www').kind, 'refused');
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  cpu(known);
  // The best of five each, so that a neighbour on the same core is not taken for a difference.
  const best = (message: SipRequest) => Math.min(...Array.from({ length: 5 }, () => cpu(message)));
  const ratio = best(known) / best(unknown);
  assert.ok(ratio > 0.6 && ratio < 1.67, `${ratio}`);
  assert.ok(asked.includes('alicf'));
});

const OTHER_URIS: [uri: string, kind: 'ok' | 'refused'][] = [
  ['sip:+15551234@192.0.2.1:5070;transport=tcp', 'ok'],
  ['sips:%2b15551234@example.com', 'ok'],
  ['tel:+15551234', 'ok'],
  ['sip:+15551234@example.com;user=phone', 'ok'],
  ['sip:+19005551234@example.com', 'refused'],
  ['sip:example.com', 'refused'],
  ['http://example.com', 'refused'],
];

for (const [uri, kind] of OTHER_URIS) {
  test(`credentials for sip:+15551234@example.com are ${kind === 'ok' ? 'good' : 'not good'} for ${uri}`, () => {
    const { digest } = server();
    assert.is(digest.check({ ...answered(digest), uri }, 'www').kind, kind);
  });
}

test('another method, or a URI changed inside the credentials, is refused', () => {
  const { digest } = server();
  assert.is(digest.check({ ...answered(digest), method: 'REGISTER' }, 'www').kind, 'refused');
  const moved = changed(
    answered(digest),
    header => header.replace('15551234', '19001234'),
    'sip:+19001234@example.com',
  );
  assert.is(digest.check(moved, 'www').kind, 'refused');
});

test('a body signed with auth-int is verified', () => {
  const { digest } = server();
  const session = new DigestTries(ALICE);
  const original = request();
  const asked = digest
    .challenge('www', false)
    .map(([name, value]) => [name, value.replace('"auth"', '"auth-int"')] as const);
  session.answer(original, response(401, asked));
  const signed = () => {
    const again = request();
    session.sign(again);
    return again;
  };
  assert.is(digest.check(signed(), 'www').kind, 'ok');
  assert.is(digest.check({ ...signed(), body: Buffer.from('v=1') }, 'www').kind, 'refused');
});

test('a count may come late, but once; the same request again is stale', () => {
  const { digest } = server();
  const session = new DigestSession(ALICE);
  new DigestTries(ALICE, session).answer(request(), response(401, digest.challenge('www', false)));
  const requests = Array.from({ length: 40 }, () => {
    const next = request();
    new DigestTries(ALICE, session).sign(next);
    return next;
  });
  const check = (index: number) => digest.check(requests[index] ?? request(), 'www').kind;
  assert.is(check(1), 'ok');
  assert.is(check(0), 'ok', 'overtaken');
  assert.is(check(1), 'stale');
  assert.is(check(0), 'stale');
  assert.is(check(39), 'ok');
  assert.is(check(8), 'ok', '31 behind');
  assert.is(check(7), 'stale', '32 behind: nobody knows');
});

test('a client of RFC 2069 uses each nonce once', () => {
  const { digest } = server({ algorithms: ['MD5'] });
  const asked = digest
    .challenge('www', false)
    .map(([name, value]) => [name, value.replace(' qop="auth",', '')] as const);
  const tries = new DigestTries(ALICE);
  const message = request();
  tries.answer(message, response(401, asked));
  tries.sign(message);
  assert.not.match(message.headers.get('Authorization') ?? '', 'qop');
  assert.is(digest.check(message, 'www').kind, 'ok');
  assert.is(digest.check(message, 'www').kind, 'stale');
});

test('a nonce is good for five minutes', () => {
  const { digest, clock } = server();
  const [early, late] = [answered(digest), answered(digest)];
  clock.advance(300_000);
  assert.is(digest.check(early, 'www').kind, 'ok');
  clock.advance(1);
  assert.is(digest.check(late, 'www').kind, 'stale');
  assert.is(digest.check(early, 'www').kind, 'stale');
});

test('a nonce that is not ours is stale to who knows the password, and refused to others', () => {
  const theirs = server({ secret: Buffer.alloc(32, 8) }).digest;
  const { digest } = server();
  assert.is(digest.check(answered(theirs), 'www').kind, 'stale');
  assert.is(digest.check(answered(theirs, { credentials: { ...ALICE, password: 'x' } }), 'www').kind, 'refused');
});

const BROKEN: [what: string, change: (header: string) => string][] = [
  ['no response', header => header.replace(/response="\w+", /, '')],
  ['a short response', header => header.replace(/response="\w/, 'response="')],
  ['a response in other letters', header => header.replace(/response="\w+/, 'response="\u00fc')],
  ['no nonce', header => header.replace(/nonce="[^"]+", /, '')],
  ['a cut nonce', header => header.replace(/nonce="./, 'nonce="')],
  ['no uri', header => header.replace(/uri="[^"]+", /, '')],
  ['no nc', header => header.replace(/nc=\w+, /, '')],
  ['an nc of nothing', header => header.replace(/nc=\w+/, 'nc=')],
  ['an nc that is too long', header => header.replace(/nc=/, 'nc=0')],
  ['no cnonce', header => header.replace(/, cnonce="\w+"/, '')],
  ['an unknown qop', header => header.replace('qop=auth', 'qop=token')],
  ['an algorithm that was not offered', header => header.replace('SHA-256', 'SHA-512-256')],
  ['an unknown algorithm', header => header.replace('SHA-256', 'ROT13')],
  ['a hashed user name', header => `${header}, userhash=true`],
  ['a user name twice', header => `${header}, username="bob"`],
  ['an extended name that is none', header => header.replace('username="alice"', "username*=latin1''alice")],
  ['an extended name that is not UTF-8', header => header.replace('username="alice"', "username*=UTF-8''%ff")],
  ['a flood', header => `${header}, x="${'x'.repeat(5000)}"`],
];

for (const [what, change] of BROKEN) {
  test(`credentials that cannot be right are refused: ${what}`, () => {
    const { digest } = server();
    const message = changed(answered(digest), change);
    assert.is(digest.check(message, 'www').kind, 'refused');
  });
}

test('5,000 damaged credentials are checked without an error, and none passes with another meaning', () => {
  const { digest } = server();
  const random = seededRandom(22_4);
  const kinds = new Map<string, number>();
  for (let i = 0; i < 5000; i++) {
    const original = answered(digest);
    const header = mutate(Buffer.from(original.headers.get('Authorization') ?? ''), random)
      .toString()
      .replace(/[\r\n\0]/g, ' ');
    original.headers.set('Authorization', header);
    const outcome = digest.check(original, 'www');
    kinds.set(outcome.kind, (kinds.get(outcome.kind) ?? 0) + 1);
    if (outcome.kind === 'ok') assert.is(outcome.username, 'alice');
  }
  assert.ok((kinds.get('refused') ?? 0) > 1000 && (kinds.get('ok') ?? 0) > 10, JSON.stringify([...kinds]));
});

test.run();
