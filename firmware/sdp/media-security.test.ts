import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Security, SrtpSuite } from '../../pipelines/protocol/leg-media.ts';
import type { Agreed } from './agreed.ts';
import { type AnswerOutcome, answerOffer, type OfferOutcome, readAnswer } from './answer.ts';
import { newCrypto } from './crypto-line.ts';
import { makeOffer, type OurMedia } from './offer.ts';
import { parseDescription } from './parse-description.ts';
import { OURS, phone } from './sdp.samples.ts';

const CM_80 = 'AES_CM_128_HMAC_SHA1_80';
const CM_32 = 'AES_CM_128_HMAC_SHA1_32';
const THEIRS = Buffer.alloc(30, 0x11).toString('base64');
const OTHER = Buffer.alloc(30, 0x22).toString('base64');
const OUR_KEY = Buffer.alloc(30, 0x33).toString('base64');

const ours = (security: OurMedia['security'], change: Partial<OurMedia> = {}): OurMedia => ({
  ...OURS,
  security,
  randomBytes: size => Buffer.alloc(size, 0x33),
  ...change,
});
/** A suite's key of one byte. */
const keyOf = (suite: SrtpSuite, byte: number) => newCrypto(1, suite, size => Buffer.alloc(size, byte)).key;
const SUITES = SrtpSuite.anyOf.map(({ const: suite }) => suite);
/** Strongest first. */
const OFFERED_SUITES: readonly SrtpSuite[] = [
  'AEAD_AES_256_GCM',
  'AEAD_AES_128_GCM',
  'AES_256_CM_HMAC_SHA1_80',
  'AES_CM_128_HMAC_SHA1_80',
  'AES_256_CM_HMAC_SHA1_32',
  'AES_CM_128_HMAC_SHA1_32',
];
const tagOf = (suite: SrtpSuite) => OFFERED_SUITES.indexOf(suite) + 1;
const crypto = (tag: number, suite = CM_80, key = THEIRS) => `a=crypto:${tag} ${suite} inline:${key}`;
const audio = (protocol: string, ...lines: string[]) => [`m=audio 4000 ${protocol} 0`, ...lines];
const keys = (suite: SrtpSuite, receive = THEIRS, send = OUR_KEY) => ({
  send: { suite, key: send },
  receive: { suite, key: receive },
});

function outcomeOf(outcome: OfferOutcome | AnswerOutcome): Agreed['security'] | string {
  if (outcome.kind === 'agreed') return outcome.agreed.security;
  const { code, message } = outcome.refusal;
  for (const key of [THEIRS, OTHER, OUR_KEY]) assert.not.match(message, key.slice(0, 12), 'no key in a sentence');
  return code;
}

function keysOf({ security }: Agreed): Security {
  if (security === null || !('send' in security)) throw new Error('no keys');
  return security;
}

const OFFERED: [lines: string[], none: unknown, sdes: unknown, prefer: unknown][] = [
  [audio('RTP/AVP'), null, 'sdp.security-refused', null],
  [audio('RTP/SAVP', crypto(1)), 'sdp.security-unsupported', keys(CM_80), keys(CM_80)],
  [audio('RTP/SAVPF', crypto(1)), 'sdp.security-unsupported', keys(CM_80), keys(CM_80)],
  [audio('RTP/AVP', crypto(1)), null, keys(CM_80), keys(CM_80)],
  [audio('RTP/SAVP', crypto(1, CM_32), crypto(2, CM_80, OTHER)), 'sdp.security-unsupported', keys(CM_32), keys(CM_32)],
  [
    audio('RTP/SAVP', crypto(1, 'F8_128_HMAC_SHA1_80'), crypto(2, CM_80, OTHER)),
    'sdp.security-unsupported',
    keys(CM_80, OTHER),
    keys(CM_80, OTHER),
  ],
  [audio('RTP/SAVP'), 'sdp.security-unsupported', 'sdp.security-unsupported', 'sdp.security-unsupported'],
  [
    audio('RTP/SAVP', `${crypto(1)}|2^20|1:5`, crypto(2, CM_80, OTHER)),
    'sdp.security-unsupported',
    keys(CM_80, OTHER),
    keys(CM_80, OTHER),
  ],
  // RFC 8643 §3.2: an offer of RTP/AVP whose keys are no use is declined by a plain answer.
  // Several keys in one line (RFC 4568 §6.1): that line alone is passed over.
  [
    audio('RTP/SAVP', `${crypto(1)}|2^20|1:4;inline:${OTHER}|2^20|2:4`, crypto(2, CM_80, OTHER)),
    'sdp.security-unsupported',
    keys(CM_80, OTHER),
    keys(CM_80, OTHER),
  ],
  [audio('RTP/AVP', crypto(1, 'F8_128_HMAC_SHA1_80')), null, 'sdp.security-refused', null],
  [audio('RTP/AVPF', crypto(1)), null, keys(CM_80), keys(CM_80)],
  [audio('UDP/TLS/RTP/SAVPF'), 'sdp.security-unsupported', 'sdp.security-unsupported', 'sdp.security-unsupported'],
  [audio('udptl'), 'sdp.protocol-unsupported', 'sdp.protocol-unsupported', 'sdp.protocol-unsupported'],
  [[...audio('RTP/SAVP', crypto(1)), ...audio('RTP/AVP')], null, keys(CM_80), keys(CM_80)],
  [[...audio('RTP/AVP'), ...audio('RTP/SAVP', crypto(1))], null, keys(CM_80), keys(CM_80)],
  [[...audio('RTP/SAVP', crypto(1, 'UNKNOWN')), ...audio('RTP/AVP')], null, 'sdp.security-unsupported', null],
  [[...audio('RTP/SAVP', crypto(1, 'UNKNOWN')), ...audio('RTP/AVP', crypto(1))], null, keys(CM_80), keys(CM_80)],
  [
    [...audio('UDP/TLS/RTP/SAVPF'), ...audio('RTP/SAVP', crypto(1))],
    'sdp.security-unsupported',
    keys(CM_80),
    keys(CM_80),
  ],
];

for (const [lines, none, sdes, prefer] of OFFERED) {
  const name = lines.join(' ').replaceAll(THEIRS, 'KEY').replaceAll(OTHER, 'KEY2');
  test(`${name} is answered by policy`, () => {
    assert.equal(outcomeOf(answerOffer(phone(...lines), ours('none'))), none);
    assert.equal(outcomeOf(answerOffer(phone(...lines), OURS)), none, 'plain RTP is the default');
    assert.equal(outcomeOf(answerOffer(phone(...lines), ours('sdes'))), sdes);
    assert.equal(outcomeOf(answerOffer(phone(...lines), ours('prefer-sdes'))), prefer);
  });
}

test('of two lines the secured one is taken and the other one refused, with the protocol and the tag of the offer', () => {
  const offer = phone(...audio('RTP/AVP'), ...audio('RTP/SAVP', crypto(1, 'UNKNOWN'), crypto(5)));
  const outcome = answerOffer(offer, ours('prefer-sdes'));
  if (outcome.kind !== 'agreed') throw outcome.refusal;
  const [plain, secured] = parseDescription(outcome.answer).media;
  assert.is(plain?.port, 0);
  assert.is(secured?.port, 10_000);
  assert.is(secured?.protocol, 'RTP/SAVP');
  assert.equal(secured?.crypto, [`5 ${CM_80} inline:${OUR_KEY}`]);
  assert.not.match(outcome.answer, THEIRS);
});

for (const suite of SUITES) {
  test(`${suite} is answered where it comes first, and kept by later offers and answers`, () => {
    const others = SUITES.filter(each => each !== suite);
    const lines = [suite, ...others].map((each, index) => crypto(index + 3, each, keyOf(each, 0x11)));
    const offer = phone(...audio('RTP/SAVP', ...lines));
    let byte = 0x60;
    const media = ours('sdes', { randomBytes: size => Buffer.alloc(size, byte++) });
    const first = answerOffer(offer, media);
    if (first.kind !== 'agreed') throw first.refusal;
    assert.equal(first.agreed.security, keys(suite, keyOf(suite, 0x11), keyOf(suite, 0x60)));
    assert.equal(parseDescription(first.answer).media[0]?.crypto, [`3 ${suite} inline:${keyOf(suite, 0x60)}`]);
    const again = answerOffer(offer, { ...media, previous: first.answer });
    if (again.kind !== 'agreed') throw again.refusal;
    assert.equal(again.agreed.security, first.agreed.security);
    const later = makeOffer({ ...media, previous: first.answer });
    assert.equal(parseDescription(later).media[0]?.crypto, [`3 ${suite} inline:${keyOf(suite, 0x60)}`]);
  });
}

test('the suites that are named are offered in that order, and no other is taken', () => {
  const media = ours('sdes', { suites: ['AES_CM_128_HMAC_SHA1_32', 'AEAD_AES_128_GCM'] });
  const offered = parseDescription(makeOffer(media)).media[0]?.crypto.map(value => value.split(' ')[1]);
  assert.equal(offered, ['AES_CM_128_HMAC_SHA1_32', 'AEAD_AES_128_GCM']);
  const lines = audio('RTP/SAVP', crypto(1, CM_80), crypto(2, CM_32, OTHER));
  assert.equal(outcomeOf(answerOffer(phone(...lines), media)), keys(CM_32, OTHER));
  assert.is(outcomeOf(answerOffer(phone(...audio('RTP/SAVP', crypto(1))), media)), 'sdp.security-unsupported');
});

test('a key with an identifier is taken, and ours has one as long', () => {
  const offer = phone(...audio('RTP/SAVP', `${crypto(1)}|2^31|258:4`));
  const outcome = answerOffer(offer, ours('sdes'));
  if (outcome.kind !== 'agreed') throw outcome.refusal;
  assert.equal(outcome.agreed.security, {
    send: { suite: CM_80, key: OUR_KEY, mki: { value: 1, bytes: 4 } },
    receive: { suite: CM_80, key: THEIRS, mki: { value: 258, bytes: 4 } },
  });
  const line = `1 ${CM_80} inline:${OUR_KEY}|1:4`;
  assert.equal(parseDescription(outcome.answer).media[0]?.crypto, [line]);

  const media = ours('sdes', { randomBytes: size => Buffer.alloc(size, 0x77), previous: outcome.answer });
  assert.equal(parseDescription(makeOffer(media)).media[0]?.crypto, [line], 'kept by a later offer');
  const renewed = `1 ${CM_80} inline:${keyOf(CM_80, 0x77)}|2:4`;
  assert.equal(parseDescription(makeOffer({ ...media, rekey: true })).media[0]?.crypto, [renewed]);
  const answered = answerOffer(offer, { ...media, rekey: true });
  if (answered.kind !== 'agreed') throw answered.refusal;
  assert.equal(parseDescription(answered.answer).media[0]?.crypto, [renewed], 'another key, another identifier');
  const without = answerOffer(phone(...audio('RTP/SAVP', crypto(1))), media);
  assert.equal(outcomeOf(without), keys(CM_80), 'none where the far end has none any more');
});

test('an answer may have an identifier of its own', () => {
  const suite = 'AEAD_AES_128_GCM';
  const answer = phone(...audio('RTP/SAVP', `${crypto(tagOf(suite), suite, keyOf(suite, 0x11))}|7:1`));
  assert.equal(outcomeOf(readAnswer(makeOffer(ours('sdes')), answer)), {
    send: { suite, key: keyOf(suite, 0x33) },
    receive: { suite, key: keyOf(suite, 0x11), mki: { value: 7, bytes: 1 } },
  });
});

test('a plain answer carries no key', () => {
  const outcome = answerOffer(phone(...audio('RTP/AVP', crypto(1))), ours('none'));
  if (outcome.kind !== 'agreed') throw outcome.refusal;
  assert.not.match(outcome.answer, 'crypto');
});

test('an offer says by its protocol whether SRTP is required', () => {
  const line = (security: OurMedia['security']) => parseDescription(makeOffer(ours(security))).media[0];
  assert.equal([line('none')?.protocol, line('none')?.crypto], ['RTP/AVP', []]);
  const values = OFFERED_SUITES.map((suite, index) => `${index + 1} ${suite} inline:${keyOf(suite, 0x33)}`);
  assert.equal([line('sdes')?.protocol, line('sdes')?.crypto], ['RTP/SAVP', values]);
  assert.equal([line('prefer-sdes')?.protocol, line('prefer-sdes')?.crypto], ['RTP/AVP', values]);
});

const ANSWERED: [lines: string[], sdes: unknown, prefer: unknown][] = [
  ...SUITES.map((suite): (typeof ANSWERED)[number] => {
    const taken = keys(suite, keyOf(suite, 0x11), keyOf(suite, 0x33));
    return [audio('RTP/SAVP', crypto(tagOf(suite), suite, keyOf(suite, 0x11))), taken, taken];
  }),
  [audio('RTP/AVP', crypto(4)), keys(CM_80), keys(CM_80)],
  [audio('RTP/AVP'), 'sdp.security-refused', null],
  [audio('RTP/SAVP'), 'sdp.security-unsupported', 'sdp.security-unsupported'],
  [audio('RTP/SAVP', crypto(7)), 'sdp.security-unsupported', 'sdp.security-unsupported'],
  [audio('RTP/SAVP', crypto(1)), 'sdp.security-unsupported', 'sdp.security-unsupported'],
  // RFC 8643 §3.3: keys that fail are a failure, and no reason to go on in the clear.
  [audio('RTP/AVP', crypto(1)), 'sdp.security-unsupported', 'sdp.security-unsupported'],
  [audio('RTP/AVP', crypto(4, 'F8_128_HMAC_SHA1_80')), 'sdp.security-unsupported', 'sdp.security-unsupported'],
  [audio('UDP/TLS/RTP/SAVP', crypto(1)), 'sdp.security-unsupported', 'sdp.security-unsupported'],
];

for (const [lines, sdes, prefer] of ANSWERED) {
  test(`an answer of ${lines.join(' ').replaceAll(THEIRS, 'KEY')} is what the offer allows`, () => {
    assert.equal(outcomeOf(readAnswer(makeOffer(ours('sdes')), phone(...lines))), sdes);
    assert.equal(outcomeOf(readAnswer(makeOffer(ours('prefer-sdes')), phone(...lines))), prefer);
  });
}

test('what one side sends with, the other one receives with', () => {
  const offer = makeOffer(ours('sdes'));
  const answered = answerOffer(offer, ours('sdes', { randomBytes: size => Buffer.alloc(size, 0x44) }));
  if (answered.kind !== 'agreed') throw answered.refusal;
  const read = readAnswer(offer, answered.answer);
  if (read.kind !== 'agreed') throw read.refusal;
  const [one, other] = [keysOf(read.agreed), keysOf(answered.agreed)];
  assert.equal([one.send, one.receive], [other.receive, other.send]);
  assert.is.not(one.send.key, one.receive.key);
});

test('keys of two calls differ', () => {
  assert.is.not(makeOffer({ ...OURS, security: 'sdes' }), makeOffer({ ...OURS, security: 'sdes' }));
});

test('a later offer keeps our key until it is asked to change it, and so does a later answer', () => {
  let byte = 0x50;
  const media = ours('sdes', { randomBytes: size => Buffer.alloc(size, byte++) });
  const cryptoOf = (text: string) => parseDescription(text).media[0]?.crypto;
  const first = makeOffer(media);
  assert.is(makeOffer({ ...media, previous: first }), first);
  const rekeyed = makeOffer({ ...media, previous: first, rekey: true });
  const fresh = OFFERED_SUITES.map((suite, index) => `${index + 1} ${suite} inline:${keyOf(suite, 0x56 + index)}`);
  assert.equal(cryptoOf(rekeyed), fresh);

  const answered = answerOffer(phone(...audio('RTP/SAVP', crypto(3, CM_80, OTHER))), { ...media, previous: first });
  assert.equal(outcomeOf(answered), keys(CM_80, OTHER, keyOf(CM_80, 0x53)));
  const another = answerOffer(phone(...audio('RTP/SAVP', crypto(3, CM_32, OTHER))), { ...media, previous: first });
  assert.equal(outcomeOf(another), keys(CM_32, OTHER, keyOf(CM_32, 0x55)), 'another suite, another key');
});

test.run();
