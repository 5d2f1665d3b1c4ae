import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { answerOffer, readAnswer } from './answer.ts';
import { makeOffer, type OurMedia } from './offer.ts';
import { parseDescription } from './parse-description.ts';
import { OURS, phone } from './sdp.samples.ts';

const value = (byte: string, length = 32) => Array(length).fill(byte).join(':');
const OUR_FINGERPRINT = { hash: 'sha-256', value: value('0A') } as const;
const THEIRS = { hash: 'sha-256', value: value('BB') } as const;
const FINGERPRINT = `a=fingerprint:sha-256 ${THEIRS.value}`;
const TLS_ID = 'a=tls-id:abcdefghijklmnopqrstuvwxyz012345';

let nextByte = 1;
const ours = (security: OurMedia['security'], change: Partial<OurMedia> = {}): OurMedia => ({
  ...OURS,
  security,
  fingerprint: OUR_FINGERPRINT,
  randomBytes: size => Buffer.alloc(size, nextByte++),
  ...change,
});
const audio = (protocol: string, ...lines: string[]) => phone(`m=audio 4000 ${protocol} 0`, ...lines);
const dtls = (...lines: string[]) => audio('UDP/TLS/RTP/SAVP', FINGERPRINT, ...lines);

/** What an offer comes to: the role and the setup that we answer, or the code of the refusal. */
function answered(offer: string, media: OurMedia) {
  const outcome = answerOffer(offer, media);
  if (outcome.kind === 'refused') return outcome.refusal.code;
  const { security, remote } = outcome.agreed;
  const line = parseDescription(outcome.answer).media[0];
  return {
    role: security && 'dtls' in security ? security.dtls.role : null,
    setup: line?.dtls?.setup ?? null,
    protocol: line?.protocol,
    rtcpPort: remote?.rtcp.port,
    told: line?.dtls?.tlsId !== null,
  };
}

const client = { role: 'client', setup: 'active', protocol: 'UDP/TLS/RTP/SAVP', rtcpPort: 4001, told: false };
const server = { ...client, role: 'server', setup: 'passive' };

const OFFERS: [name: string, offer: string, media: OurMedia, outcome: unknown][] = [
  ['actpass', dtls('a=setup:actpass'), ours('sdes'), client],
  ['actpass, where we are to wait', dtls('a=setup:actpass'), ours('sdes', { answerSetup: 'passive' }), server],
  ['active', dtls('a=setup:active'), ours('dtls'), server],
  ['passive', dtls('a=setup:passive'), ours('prefer-sdes', { answerSetup: 'passive' }), client],
  ['no a=setup, which is active', dtls(), ours('dtls'), server],
  ['capitals', dtls('a=setup:ACTPASS'), ours('dtls'), client],
  ['a setup of nobody', dtls('a=setup:whoever'), ours('dtls'), server],
  ['holdconn', dtls('a=setup:holdconn'), ours('dtls'), 'sdp.security-unsupported'],
  ['rtcp-mux', dtls('a=setup:actpass', 'a=rtcp-mux'), ours('dtls'), { ...client, rtcpPort: 4000 }],
  ['a tls-id, which earns one', dtls('a=setup:actpass', TLS_ID), ours('dtls'), { ...client, told: true }],
  [
    'attributes of the session',
    phone(FINGERPRINT, 'a=setup:passive', 'm=audio 4000 UDP/TLS/RTP/SAVP 0'),
    ours('dtls'),
    client,
  ],
  [
    'the feedback profile',
    audio('UDP/TLS/RTP/SAVPF', FINGERPRINT, 'a=setup:actpass'),
    ours('dtls'),
    { ...client, protocol: 'UDP/TLS/RTP/SAVPF' },
  ],
  [
    'opportunistic DTLS (RFC 8643)',
    audio('RTP/AVP', FINGERPRINT, 'a=setup:actpass'),
    ours('sdes'),
    { ...client, protocol: 'RTP/AVP' },
  ],
  [
    'opportunistic DTLS, and we are plain',
    audio('RTP/AVP', FINGERPRINT, 'a=setup:actpass', 'a=rtcp-mux'),
    ours('none'),
    { ...client, protocol: 'RTP/AVP', role: null, setup: null, rtcpPort: 4000, told: true },
  ],
  ['DTLS, and we are plain', dtls('a=setup:actpass'), ours('none'), 'sdp.security-unsupported'],
  ['DTLS, and we have no certificate', dtls(), { ...OURS, security: 'dtls' }, 'sdp.security-unsupported'],
  ['no fingerprint', audio('UDP/TLS/RTP/SAVP', 'a=setup:actpass'), ours('dtls'), 'sdp.security-unsupported'],
  [
    'SHA-1 alone',
    audio('UDP/TLS/RTP/SAVP', `a=fingerprint:sha-1 ${value('BB', 20)}`, 'a=setup:actpass'),
    ours('dtls'),
    'sdp.security-unsupported',
  ],
  ['plain RTP where DTLS is required', audio('RTP/AVP'), ours('dtls'), 'sdp.security-refused'],
  [
    'SDES where DTLS is required',
    audio('RTP/SAVP', `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${Buffer.alloc(30, 1).toString('base64')}`),
    ours('dtls'),
    'sdp.security-refused',
  ],
];

for (const [name, offer, media, outcome] of OFFERS)
  test(`an offer with ${name}`, () => {
    assert.equal(answered(offer, media), outcome);
  });

const fingerprintsOf = (...lines: string[]) =>
  parseDescription(audio('UDP/TLS/RTP/SAVP', ...lines)).media[0]?.dtls?.fingerprints;

test('of several fingerprints those of the strongest hash that we know are believed', () => {
  const strong = { hash: 'sha-512', value: value('CD', 64) };
  assert.equal(
    fingerprintsOf(
      `a=fingerprint:sha-1 ${value('BB', 20)}`,
      FINGERPRINT,
      `a=fingerprint:SHA-512 ${value('cd', 64)}`,
      `a=fingerprint:sha-512 ${value('AB', 32)}`,
    ),
    [strong],
  );
  const other = value('DD');
  assert.equal(fingerprintsOf(FINGERPRINT, `a=fingerprint:sha-256 ${other}`), [
    THEIRS,
    { hash: 'sha-256', value: other },
  ]);
  assert.equal(fingerprintsOf('a=fingerprint:sha-256', 'a=fingerprint:', 'a=fingerprint:sha-256 XX'), []);
});

const answerOf = (...lines: string[]) => dtls(...lines);
const ANSWERS: [name: string, answer: string, role: string][] = [
  ['active', answerOf('a=setup:active'), 'server'],
  ['passive', answerOf('a=setup:passive'), 'client'],
  ['no a=setup', answerOf(), 'server'],
  ['actpass', answerOf('a=setup:actpass'), 'sdp.security-unsupported'],
  ['holdconn', answerOf('a=setup:holdconn'), 'sdp.security-unsupported'],
  ['plain RTP', audio('RTP/AVP'), 'sdp.security-refused'],
  ['no fingerprint', audio('UDP/TLS/RTP/SAVP', 'a=setup:active'), 'sdp.security-unsupported'],
];

for (const [name, answer, role] of ANSWERS)
  test(`our offer of DTLS-SRTP is answered with ${name}`, () => {
    const outcome = readAnswer(makeOffer(ours('dtls')), answer);
    if (outcome.kind === 'refused') return assert.is(outcome.refusal.code, role);
    const { security } = outcome.agreed;
    assert.is(security && 'dtls' in security && security.dtls.role, role);
  });

test('our offer says who we are, leaves the choice, and takes RTCP on one port', () => {
  const offer = makeOffer(ours('dtls', { randomBytes: size => Buffer.alloc(size, 0) }));
  assert.match(offer, /^m=audio 10000 UDP\/TLS\/RTP\/SAVP /m);
  const lines = offer.split('\r\n').filter(line => /^a=(?:fingerprint|setup|tls-id|rtcp-mux|crypto)/.test(line));
  assert.equal(lines, [
    `a=fingerprint:sha-256 ${OUR_FINGERPRINT.value}`,
    'a=setup:actpass',
    `a=tls-id:${'A'.repeat(32)}`,
    'a=rtcp-mux',
  ]);
  assert.throws(() => makeOffer({ ...OURS, security: 'dtls' }), /no certificate/);
});

test('a later offer keeps association and role; from another port or after the death of a worker it asks for a new one', () => {
  const media = ours('dtls');
  const first = makeOffer(media);
  const outcome = readAnswer(first, answerOf('a=setup:active', TLS_ID));
  if (outcome.kind !== 'agreed') throw outcome.refusal;
  const { security } = outcome.agreed;
  if (!security || !('dtls' in security)) throw new Error('no DTLS');
  const later = { ...media, previous: first, dtls: security.dtls };
  assert.is(makeOffer(later), first.replace('a=setup:actpass', 'a=setup:passive'));
  for (const anew of [makeOffer({ ...later, rtpPort: 10_020 }), makeOffer({ ...later, rekey: true })]) {
    assert.match(anew, /^a=setup:actpass\r$/m);
    assert.is.not(/a=tls-id:.*/.exec(anew)?.[0], /a=tls-id:.*/.exec(first)?.[0]);
  }
});

test('the same offer again is answered as before, roles included; another fingerprint, tls-id or address is another association', () => {
  const media = ours('dtls', { answerSetup: 'passive' });
  const offer = dtls('a=setup:actpass', TLS_ID);
  const first = answerOffer(offer, media);
  if (first.kind !== 'agreed') throw first.refusal;
  const { security } = first.agreed;
  if (!security || !('dtls' in security)) throw new Error('no DTLS');
  const later: OurMedia = { ...media, previous: first.answer, dtls: security.dtls, answerSetup: 'active' };
  const again = answerOffer(offer, later);
  assert.is(again.kind === 'agreed' && again.answer, first.answer);
  assert.equal(again.kind === 'agreed' && again.agreed.security, security);
  const tlsIdOf = (answer: string) => /a=tls-id:(.*)/.exec(answer)?.[1];
  for (const changed of [offer.replace(THEIRS.value, value('CC')), offer.replace('abcdef', 'fedcba')]) {
    const other = answerOffer(changed, later);
    if (other.kind !== 'agreed') throw other.refusal;
    assert.not.equal(other.agreed.security, security);
    assert.is.not(tlsIdOf(other.answer), tlsIdOf(first.answer));
  }
  const association = (text: string) => {
    const outcome = answerOffer(text, media);
    const agreed = outcome.kind === 'agreed' ? outcome.agreed.security : null;
    return agreed && 'dtls' in agreed && agreed.dtls.association;
  };
  assert.is(association(offer.replace('audio 4000', 'audio 4002')), association(offer));
  const nameless = dtls('a=setup:actpass');
  assert.is.not(association(nameless.replace('audio 4000', 'audio 4002')), association(nameless));
});

test('a secured line is taken before a plain one', () => {
  const offer = phone('m=audio 4000 RTP/AVP 0', 'm=audio 4002 UDP/TLS/RTP/SAVP 0', FINGERPRINT, 'a=setup:actpass');
  const outcome = answerOffer(offer, ours('prefer-sdes'));
  assert.match(
    outcome.kind === 'agreed' ? outcome.answer : '',
    /^m=audio 0 RTP\/AVP 0\r\nm=audio 10000 UDP\/TLS\/RTP\/SAVP 0/m,
  );
});

test.run();
