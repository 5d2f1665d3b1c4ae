import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { field, request, response } from './auth.samples.ts';
import { DigestSession } from './digest-session.ts';
import { DigestTries } from './digest-tries.ts';

const ALICE = { username: 'alice', password: 'secret' };

const challenge = (realm: string, nonce: string, more = '') =>
  `Digest realm="${realm}", nonce="${nonce}", qop="auth"${more}`;
const www = (...values: string[]) =>
  response(
    401,
    values.map(value => ['WWW-Authenticate', value] as const),
  );
const proxy = (...values: string[]) =>
  response(
    407,
    values.map(value => ['Proxy-Authenticate', value] as const),
  );
/** Of each header: its name, realm, nonce and count. */
const seen = (headers: Iterable<readonly [string, string]>) =>
  [...headers].map(([name, value]) =>
    [name, field(value, 'realm'), field(value, 'nonce'), field(value, 'nc')].join(' '),
  );

test('without credentials nothing is answered', () => {
  const tries = new DigestTries(null, new DigestSession(ALICE));
  assert.is(tries.answer(request(), www(challenge('r', 'n'))), false);
  assert.equal([...tries.headers], []);
});

test('a user name that no header can hold is not sent', () => {
  const tries = new DigestTries({ ...ALICE, username: 'a\r\nX: 1' });
  assert.is(tries.answer(request(), www(challenge('r', 'n'))), false);
  assert.equal([...tries.headers], []);
});

test('a wrong password is tried once, a stale nonce once more', () => {
  const tries = new DigestTries(ALICE);
  assert.is(tries.answer(request(), www(challenge('r', 'n1'))), true);
  assert.is(tries.answer(request(), www(challenge('r', 'n2', ', stale=true'))), true);
  assert.equal(seen(tries.headers), ['Authorization r n2 00000001']);
  assert.is(tries.answer(request(), www(challenge('r', 'n2', ', stale=true'))), false, 'the same nonce is not stale');
  assert.is(tries.answer(request(), www(challenge('r', 'n3'))), false);
});

test('proxies and the server that ask one after the other all get their answer (RFC 3261 §22.3)', () => {
  const tries = new DigestTries(ALICE);
  assert.is(tries.answer(request(), proxy(challenge('p1', 'a'))), true);
  assert.is(tries.answer(request(), proxy(challenge('p2', 'b'))), true);
  assert.is(tries.answer(request(), www(challenge('s', 'c'))), true);
  assert.equal(seen(tries.headers), [
    'Proxy-Authorization p1 a 00000001',
    'Proxy-Authorization p2 b 00000001',
    'Authorization s c 00000001',
  ]);
  const signed = request();
  tries.sign(signed);
  assert.is(signed.headers.getAll('Proxy-Authorization').length, 2);
  assert.is(signed.headers.getAll('Authorization').length, 1);
  tries.sign(signed);
  assert.is(signed.headers.getAll('Proxy-Authorization').length, 2, 'signed anew, not twice');
});

test('a forking proxy asks for several realms at once, in several headers or in one, of both kinds', () => {
  const both = response(407, [
    ['Proxy-Authenticate', `${challenge('p1', 'a')}, ${challenge('p2', 'b')}`],
    ['Proxy-Authenticate', challenge('p1', 'a', ', algorithm=SHA-256')],
    ['WWW-Authenticate', challenge('s', 'c')],
  ]);
  const tries = new DigestTries(ALICE);
  assert.is(tries.answer(request(), both), true);
  assert.equal(seen(tries.headers), [
    'Authorization s c 00000001',
    'Proxy-Authorization p1 a 00000001',
    'Proxy-Authorization p2 b 00000001',
  ]);
  assert.is(field([...tries.headers][1]?.[1], 'algorithm'), 'SHA-256');
});

test('a realm that refuses us does not keep another one from its answer', () => {
  const tries = new DigestTries(ALICE);
  assert.is(tries.answer(request(), proxy(challenge('p1', 'a'))), true);
  assert.is(tries.answer(request(), proxy(challenge('p1', 'x'), challenge('p2', 'b'))), true);
  assert.equal(seen(tries.headers), ['Proxy-Authorization p1 a 00000001', 'Proxy-Authorization p2 b 00000001']);
  assert.is(tries.answer(request(), proxy(challenge('p1', 'y'), challenge('p2', 'z'))), false);
});

test('a chain of ever new realms ends', () => {
  const tries = new DigestTries(ALICE);
  let answers = 0;
  while (tries.answer(request(), www(challenge(`r${answers}`, 'n')))) answers++;
  assert.is(answers, 6);
});

test('challenges that cannot be read or answered are a refusal', () => {
  for (const value of ['Digest', 'Digest realm="r"', 'Basic realm="r"', challenge('r', 'n', ', algorithm=AKAv1-MD5')])
    assert.is(new DigestTries(ALICE).answer(request(), www(value)), false, value);
  assert.is(new DigestTries(ALICE).answer(request(), response(401)), false);
  assert.is(
    new DigestTries(ALICE).answer(request(), response(403, [['WWW-Authenticate', challenge('r', 'n')]])),
    false,
  );
});

test('a session lets later requests carry credentials at once, each with the next count and the same cnonce', () => {
  const session = new DigestSession(ALICE);
  const first = new DigestTries(ALICE, session);
  const unasked = request();
  first.sign(unasked);
  assert.is(unasked.headers.size, 0);
  first.answer(unasked, www(challenge('r', 'n')));
  const [[, answered] = ['', '']] = [...first.headers];
  const later = request('BYE');
  const second = new DigestTries(ALICE, session);
  second.sign(later);
  assert.equal(seen(later.headers), ['Authorization r n 00000002']);
  assert.is(field(later.headers.get('Authorization'), 'cnonce'), field(answered, 'cnonce'));
  assert.equal([...second.headers], [...later.headers], 'what an ACK repeats');

  // The nonce grew too old meanwhile: told by stale, or just by another challenge.
  assert.is(second.answer(later, www(challenge('r', 'n9'))), true);
  assert.equal(seen(second.headers), ['Authorization r n9 00000001']);
});

test('a challenge that repeats its nonce goes on counting', () => {
  const session = new DigestSession(ALICE);
  for (const nc of ['00000001', '00000002', '00000003']) {
    const tries = new DigestTries(ALICE, session);
    tries.answer(request(), www(challenge('r', 'n')));
    assert.equal(seen(tries.headers), [`Authorization r n ${nc}`]);
  }
});

test('the next nonce of an answer is used from then on (RFC 7616 §3.5)', () => {
  const session = new DigestSession(ALICE);
  const tries = new DigestTries(ALICE, session);
  tries.answer(request(), www(challenge('r', 'n1')));
  assert.equal(seen(tries.headers), ['Authorization r n1 00000001']);
  for (const info of ['nextnonce="n2", qop=auth, nc=00000001', 'nextnonce=""', 'nextnonce', 'rspauth="x"']) {
    assert.is(tries.answer(request(), response(200, [['Authentication-Info', info]])), false);
  }
  const later = request('BYE');
  new DigestTries(ALICE, session).sign(later);
  assert.equal(seen(later.headers), ['Authorization r n2 00000001']);
});

test('a next nonce that could be of two realms is nobody’s', () => {
  const session = new DigestSession(ALICE);
  const tries = new DigestTries(ALICE, session);
  tries.answer(request(), www(challenge('a', 'n1'), challenge('b', 'n2')));
  session.heard(response(200, [['Authentication-Info', 'nextnonce="n3"']]));
  assert.equal(seen(tries.headers), ['Authorization a n1 00000001', 'Authorization b n2 00000001']);
});

test('a session remembers eight realms, and forgets the one that asked longest ago', () => {
  const session = new DigestSession(ALICE);
  for (let i = 0; i < 12; i++) new DigestTries(ALICE, session).answer(request(), www(challenge(`r${i}`, 'n')));
  const later = request();
  new DigestTries(ALICE, session).sign(later);
  assert.equal(
    [...later.headers].map(([, value]) => field(value, 'realm')),
    ['r4', 'r5', 'r6', 'r7', 'r8', 'r9', 'r10', 'r11'],
  );
});

test.run();
