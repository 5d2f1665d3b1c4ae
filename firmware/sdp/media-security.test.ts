import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Security } from '../../pipelines/protocol/leg-media.ts';
import type { Agreed } from './agreed.ts';
import { type AnswerOutcome, answerOffer, type OfferOutcome, readAnswer } from './answer.ts';
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
const crypto = (tag: number, suite = CM_80, key = THEIRS) => `a=crypto:${tag} ${suite} inline:${key}`;
const audio = (protocol: string, ...lines: string[]) => [`m=audio 4000 ${protocol} 0`, ...lines];
const keys = (suite: string, receive = THEIRS, send = OUR_KEY) => ({
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
    audio('RTP/SAVP', `${crypto(1)}|2^20|1:4`),
    'sdp.security-unsupported',
    'sdp.security-unsupported',
    'sdp.security-unsupported',
  ],
  [audio('UDP/TLS/RTP/SAVPF'), 'sdp.security-unsupported', 'sdp.security-unsupported', 'sdp.security-unsupported'],
  [audio('udptl'), 'sdp.protocol-unsupported', 'sdp.protocol-unsupported', 'sdp.protocol-unsupported'],
  [[...audio('RTP/SAVP', crypto(1)), ...audio('RTP/AVP')], null, keys(CM_80), keys(CM_80)],
  [[...audio('RTP/AVP'), ...audio('RTP/SAVP', crypto(1))], null, keys(CM_80), keys(CM_80)],
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

test('a plain answer carries no key', () => {
  const outcome = answerOffer(phone(...audio('RTP/AVP', crypto(1))), ours('none'));
  if (outcome.kind !== 'agreed') throw outcome.refusal;
  assert.not.match(outcome.answer, 'crypto');
});

test('an offer says by its protocol whether SRTP is required', () => {
  const line = (security: OurMedia['security']) => parseDescription(makeOffer(ours(security))).media[0];
  assert.equal([line('none')?.protocol, line('none')?.crypto], ['RTP/AVP', []]);
  const value = `1 ${CM_80} inline:${OUR_KEY}`;
  assert.equal([line('sdes')?.protocol, line('sdes')?.crypto], ['RTP/SAVP', [value]]);
  assert.equal([line('prefer-sdes')?.protocol, line('prefer-sdes')?.crypto], ['RTP/AVP', [value]]);
});

const ANSWERED: [lines: string[], sdes: unknown, prefer: unknown][] = [
  [audio('RTP/SAVP', crypto(1)), keys(CM_80), keys(CM_80)],
  [audio('RTP/AVP', crypto(1)), keys(CM_80), keys(CM_80)],
  [audio('RTP/AVP'), 'sdp.security-refused', null],
  [audio('RTP/SAVP'), 'sdp.security-unsupported', 'sdp.security-unsupported'],
  [audio('RTP/SAVP', crypto(2)), 'sdp.security-unsupported', 'sdp.security-unsupported'],
  [audio('RTP/SAVP', crypto(1, CM_32)), 'sdp.security-unsupported', 'sdp.security-unsupported'],
  [audio('RTP/AVP', crypto(1, CM_32)), 'sdp.security-unsupported', 'sdp.security-unsupported'],
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
  const first = makeOffer(media);
  assert.is(makeOffer({ ...media, previous: first }), first);
  const rekeyed = makeOffer({ ...media, previous: first, rekey: true });
  assert.is(
    rekeyed,
    first.replace(Buffer.alloc(30, 0x50).toString('base64'), Buffer.alloc(30, 0x51).toString('base64')),
  );

  const answered = answerOffer(phone(...audio('RTP/SAVP', crypto(3, CM_80, OTHER))), { ...media, previous: first });
  assert.equal(outcomeOf(answered), keys(CM_80, OTHER, Buffer.alloc(30, 0x50).toString('base64')));
  const another = answerOffer(phone(...audio('RTP/SAVP', crypto(3, CM_32, OTHER))), { ...media, previous: first });
  assert.equal(
    outcomeOf(another),
    keys(CM_32, OTHER, Buffer.alloc(30, 0x52).toString('base64')),
    'another suite, another key',
  );
});

test.run();
