import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isCrosspointError } from '../../base/errors.ts';
import { chooseChallenges } from './choose-challenge.ts';
import { authorizationValue, nonceCount, passwordHash } from './digest.ts';

interface DigestRequest {
  challenges: readonly string[];
  method: string;
  uri: string;
  username: string;
  password: string;
  body: Buffer;
  nonceCount: number;
  cnonce: string;
}

/** The answer to the first realm that asks. */
function answerChallenge(request: DigestRequest) {
  const [terms] = chooseChallenges(request.challenges);
  if (!terms) throw new Error('no realm');
  const { challenge, algorithm, qop } = terms;
  const use = { nonce: challenge.nonce, nc: nonceCount(request.nonceCount), cnonce: request.cnonce, qop };
  const header = authorizationValue(terms, request, passwordHash(algorithm, request, challenge.realm), use, request);
  return { header, algorithm: algorithm.name, nonce: challenge.nonce, stale: challenge.stale };
}

/** RFC 2617 §3.5 and RFC 7616 §3.9.1 ask for the same page. */
const request = (change: Partial<DigestRequest>): DigestRequest => ({
  challenges: [],
  method: 'GET',
  uri: '/dir/index.html',
  username: 'Mufasa',
  password: 'Circle of Life',
  body: Buffer.alloc(0),
  nonceCount: 1,
  cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
  ...change,
});

const RFC_7616 =
  'realm="http-auth@example.org", qop="auth, auth-int", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", ' +
  'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"';
const SHA_256 = `Digest ${RFC_7616}, algorithm=SHA-256`;
const MD5 = `Digest ${RFC_7616}, algorithm=MD5`;
const SHA_512_256 = `Digest ${RFC_7616}, algorithm=SHA-512-256`;

const field = (header: string, name: string) => new RegExp(`[ ,]${name}="?([^",]*)"?(?:,|$)`).exec(header)?.[1];
const hash = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('hex');

test('the MD5 example of RFC 2617 §3.5', () => {
  const { header, algorithm } = answerChallenge(
    request({
      challenges: [
        'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", ' +
          'opaque="5ccc069c403ebaf9f0171e9517f40e41"',
      ],
      password: 'Circle Of Life',
      cnonce: '0a4f113b',
    }),
  );
  assert.is(algorithm, 'MD5');
  assert.is(
    header,
    'Digest username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", ' +
      'uri="/dir/index.html", response="6629fae49393a05397450978507c4ef1", algorithm=MD5, qop=auth, nc=00000001, ' +
      'cnonce="0a4f113b", opaque="5ccc069c403ebaf9f0171e9517f40e41"',
  );
});

test('the MD5 example of RFC 7616 §3.9.1', () => {
  const { header } = answerChallenge(request({ challenges: [MD5] }));
  assert.is(field(header, 'response'), '8ca523f5e9506fed4657c9700eebdbec');
});

test('the SHA-256 example of RFC 7616 §3.9.1', () => {
  const { header } = answerChallenge(request({ challenges: [SHA_256] }));
  assert.is(field(header, 'response'), '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1');
  assert.is(field(header, 'algorithm'), 'SHA-256');
});

test('the example of RFC 7616 §3.9.2 (SHA-512-256, user name hashed, UTF-8)', () => {
  const { header } = answerChallenge(
    request({
      challenges: [
        'Digest realm="api@example.org", qop="auth", algorithm=SHA-512-256, charset=UTF-8, userhash=true, ' +
          'nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK", opaque="HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS"',
      ],
      uri: '/doe.json',
      username: 'J\u00e4s\u00f8n Doe',
      password: 'Secret, or not?',
      cnonce: 'NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v',
    }),
  );
  // The RFC prints values of SHA-512 cut to 256 bits (erratum 4897); these are of SHA-512/256 as FIPS 180-4 has it.
  assert.is(field(header, 'username'), '793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b');
  assert.is(field(header, 'response'), '3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5');
  assert.is(field(header, 'userhash'), 'true');
});

test('of several challenges the strongest that we know is answered, wherever it stands', () => {
  const unknown = `Digest ${RFC_7616}, algorithm=SHA3-512`;
  for (const challenges of [
    [SHA_256, MD5],
    [MD5, SHA_256],
    ['Basic realm="a"', unknown, MD5, 'Digest broken', SHA_256],
  ])
    assert.is(answerChallenge(request({ challenges })).algorithm, 'SHA-256');
  assert.is(answerChallenge(request({ challenges: [unknown, MD5] })).algorithm, 'MD5');
  assert.is(answerChallenge(request({ challenges: [SHA_256, SHA_512_256] })).algorithm, 'SHA-512-256');
});

test('a server of RFC 2069 (no qop) gets no nc and no cnonce', () => {
  const { header } = answerChallenge(request({ challenges: ['Digest realm="r", nonce="n"'] }));
  const ha1 = hash('md5', 'Mufasa:r:Circle of Life');
  assert.is(field(header, 'response'), hash('md5', `${ha1}:n:${hash('md5', 'GET:/dir/index.html')}`));
  assert.not.match(header, /qop|nc=|cnonce|opaque/);
});

for (const [name, algorithm] of [
  ['md5-sess', 'md5'],
  ['SHA-256-SESS', 'sha256'],
] as const) {
  test(`${name} makes its key from nonce and cnonce too, with qop and without`, () => {
    const h = (text: string) => hash(algorithm, text);
    const ha1 = h(`${h('Mufasa:r:Circle of Life')}:n:cn`);
    const ha2 = h('GET:/dir/index.html');
    const answer = (qop: string) =>
      answerChallenge(
        request({
          challenges: [`Digest realm="r", nonce="n", algorithm=${name}${qop}`],
          cnonce: 'cn',
          nonceCount: 255,
        }),
      ).header;
    assert.is(field(answer(', qop="auth"'), 'response'), h(`${ha1}:n:000000ff:cn:auth:${ha2}`));
    assert.is(field(answer(', qop="auth"'), 'nc'), '000000ff');
    assert.is(field(answer(''), 'response'), h(`${ha1}:n:${ha2}`));
    assert.is(field(answer(''), 'cnonce'), 'cn');
  });
}

test('a server that takes only auth-int gets the body hashed', () => {
  const { header } = answerChallenge(
    request({ challenges: ['Digest realm="r", nonce="n", qop="auth-int"'], body: Buffer.from('v=0'), cnonce: 'cn' }),
  );
  const ha2 = hash('md5', `GET:/dir/index.html:${hash('md5', 'v=0')}`);
  const ha1 = hash('md5', 'Mufasa:r:Circle of Life');
  assert.is(field(header, 'response'), hash('md5', `${ha1}:n:00000001:cn:auth-int:${ha2}`));
  assert.is(field(header, 'qop'), 'auth-int');
});

test('quotes and backslashes go out escaped and are hashed as they are', () => {
  const { header } = answerChallenge(
    request({ challenges: ['Digest realm="a \\"b\\"", nonce="n", opaque="o\\\\"'], username: 'x"y\\' }),
  );
  assert.match(header, 'username="x\\"y\\\\", realm="a \\"b\\"", nonce="n"');
  assert.match(header, 'opaque="o\\\\"');
  const ha1 = hash('md5', 'x"y\\:a "b":Circle of Life');
  assert.match(header, `response="${hash('md5', `${ha1}:n:${hash('md5', 'GET:/dir/index.html')}`)}"`);
});

test('a stale nonce is told, with the new one', () => {
  const { stale, nonce } = answerChallenge(request({ challenges: ['Digest realm="r", nonce="new", stale=true'] }));
  assert.is(stale, true);
  assert.is(nonce, 'new');
});

function refused(change: Partial<DigestRequest>, code: string, sentence: RegExp): void {
  assert.throws(
    () => answerChallenge(request(change)),
    (error: unknown) =>
      isCrosspointError(error) &&
      error.code === code &&
      sentence.test(error.message) &&
      !error.message.includes('Circle'),
  );
}

test('what cannot be answered is a typed error that names both lists and no secret', () => {
  refused({ challenges: [] }, 'sip.auth-unsupported', /no Digest at all/);
  refused({ challenges: ['Basic realm="a"'] }, 'sip.auth-unsupported', /no Digest at all; we have: SHA-512-256/);
  refused({ challenges: ['Digest realm="r", nonce="n", algorithm=AKAv1-MD5'] }, 'sip.auth-unsupported', /AKAv1-MD5/);
  refused({ challenges: ['Digest realm="r", nonce="n", qop="token"'] }, 'sip.auth-unsupported', /MD5 \(qop token\)/);
  refused({ challenges: ['Digest realm="r"'] }, 'sip.malformed', /nonce/);
});

test.run();
