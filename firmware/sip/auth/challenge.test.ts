import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SipParseError } from '../message/errors.ts';
import { mutate, seededRandom } from '../message/mutations.ts';
import { parseChallenge, splitChallenges } from './challenge.ts';

test('a challenge with everything is read', () => {
  assert.equal(
    parseChallenge(
      'Digest realm="atlanta.com", domain="sip:boxesbybob.com", qop="auth,auth-int", ' +
        'nonce="f84f1cec41e6cbe5aea9c8e88d359", opaque="", stale=FALSE, algorithm=SHA-256',
    ),
    {
      realm: 'atlanta.com',
      nonce: 'f84f1cec41e6cbe5aea9c8e88d359',
      opaque: '',
      algorithm: 'SHA-256',
      qop: ['auth', 'auth-int'],
      stale: false,
      userhash: false,
    },
  );
});

test('a challenge of RFC 2069 has no qop and means MD5', () => {
  assert.equal(parseChallenge('digest  realm="a",nonce="b"'), {
    realm: 'a',
    nonce: 'b',
    opaque: null,
    algorithm: 'MD5',
    qop: [],
    stale: false,
    userhash: false,
  });
});

test('quotes, commas and escapes in values are understood, unquoted values forgiven', () => {
  const challenge = parseChallenge('Digest realm="a, \\"b\\" \\\\ c=1" , nonce = n== ,qop=auth, STALE=true');
  assert.is(challenge?.realm, 'a, "b" \\ c=1');
  assert.is(challenge?.nonce, 'n==');
  assert.equal(challenge?.qop, ['auth']);
  assert.is(challenge?.stale, true);
});

test('a challenge of another scheme is none of ours', () => {
  assert.is(parseChallenge('Basic realm="a"'), null);
  assert.is(parseChallenge('Bearer authz_server="https://a"'), null);
  assert.is(parseChallenge(''), null);
});

const LISTS: [value: string, challenges: string[]][] = [
  ['Digest realm="a", nonce="b"', ['Digest realm="a", nonce="b"']],
  [
    'Digest realm="a", nonce="b, Digest realm=c", qop="auth", Digest realm="d" , nonce="e"',
    ['Digest realm="a", nonce="b, Digest realm=c", qop="auth"', 'Digest realm="d", nonce="e"'],
  ],
  [
    'Negotiate, Basic realm="a", Digest realm="b",nonce = c',
    ['Negotiate', 'Basic realm="a"', 'Digest realm="b", nonce = c'],
  ],
  ['', []],
  [', ,', []],
];

for (const [value, challenges] of LISTS) {
  test(`a line is parted into its challenges: ${value || 'nothing'}`, () => {
    assert.equal(splitChallenges(value), challenges);
  });
}

for (const text of [
  'Digest realm="a"',
  'Digest nonce="a"',
  'Digest realm',
  'Digest ="a"',
  'Digest realm="a", realm="b", nonce="c"',
  `Digest realm="a", nonce="${'n'.repeat(5000)}"`,
]) {
  test(`what is no challenge is refused: ${text.slice(0, 40)}`, () => {
    assert.throws(
      () => splitChallenges(text).map(parseChallenge),
      (error: unknown) => error instanceof SipParseError,
    );
  });
}

test('5,000 damaged challenges are read or refused with the typed error', () => {
  const original = Buffer.from('Digest realm="a, b", nonce="c\\"d", qop="auth", opaque="e", algorithm=MD5');
  const random = seededRandom(7616);
  let read = 0;
  for (let i = 0; i < 5000; i++) {
    try {
      if (splitChallenges(mutate(original, random).toString()).some(each => parseChallenge(each) !== null)) read++;
    } catch (error) {
      assert.instance(error, SipParseError);
    }
  }
  assert.ok(read > 100 && read < 4900, `${read} read`);
});

test.run();
