import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Agreed } from './agreed.ts';
import { answerOffer, readAnswer } from './answer.ts';
import { type AnswerAcrossOutcome, answerToFirstSide, type OfferAcrossOutcome, offerToSecondSide } from './bridge.ts';
import { codecsNamed } from './codecs-named.ts';
import type { OurMedia } from './offer.ts';
import { parseDescription } from './parse-description.ts';
import { OURS, phone } from './sdp.samples.ts';

const TO_FIRST: OurMedia = { ...OURS, codecs: codecsNamed(['PCMU', 'PCMA', 'G722', 'G729', 'opus', 'iLBC', 'AMR']) };
const TO_SECOND: OurMedia = { ...TO_FIRST, address: '198.51.100.2', rtpPort: 10_002 };
const list = (...names: string[]): OurMedia => ({ ...TO_SECOND, codecs: codecsNamed(names) });

const CALLER = [
  'm=audio 4000 RTP/AVP 111 18 0 100',
  'a=rtpmap:111 opus/48000/2',
  'a=fmtp:111 useinbandfec=1',
  'a=rtpmap:18 G729/8000',
  'a=fmtp:18 annexb=no',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:100 telephone-event/8000',
  'a=ptime:40',
];

function offered(outcome: OfferAcrossOutcome): string {
  if (outcome.kind === 'refused') throw outcome.refusal;
  return outcome.offer;
}

const media = (text: string) => text.split('\r\n').find(line => line.startsWith('m='));

/** The call across: what the caller is answered when the second side answers with these lines. */
function across(
  caller: string[],
  second: string[],
  change: { ours?: OurMedia; toFirst?: OurMedia; relayAll?: boolean } = {},
) {
  const firstOffer = phone(...caller);
  const { ours = TO_SECOND, toFirst = TO_FIRST, relayAll = false } = change;
  const offer = offered(offerToSecondSide({ firstOffer, ours, relayAll }));
  const read = readAnswer(offer, phone(...second));
  if (read.kind === 'refused') throw read.refusal;
  return {
    second: read.agreed,
    ...agreed(answerToFirstSide({ firstOffer, secondAgreed: read.agreed, ours: toFirst, relayAll })),
  };
}

function agreed(outcome: AnswerAcrossOutcome): { answer: string; agreed: Agreed; mode: string } {
  if (outcome.kind === 'refused') throw outcome.refusal;
  return outcome;
}

test('the second side is offered what the first one has, with its numbers, parameters and packet time', () => {
  const offer = offered(
    offerToSecondSide({ firstOffer: phone(...CALLER), ours: list('PCMA', 'G729', 'PCMU', 'opus') }),
  );
  assert.equal(offer.split('\r\n').slice(5), [
    'm=audio 10002 RTP/AVP 18 0 111 8 100',
    'a=rtpmap:18 G729/8000',
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:111 opus/48000/2',
    'a=rtpmap:8 PCMA/8000',
    'a=rtpmap:100 telephone-event/8000',
    'a=fmtp:18 annexb=no',
    'a=fmtp:111 useinbandfec=1',
    'a=fmtp:100 0-15',
    'a=ptime:40',
    'a=sendrecv',
    '',
  ]);
});

const OFFERS: [what: string, caller: string[], names: string[], relayAll: boolean, line: string][] = [
  ['what the list does not name stays here', CALLER, ['PCMU'], false, 'RTP/AVP 0 100'],
  ['unless everything may pass', CALLER, ['PCMU'], true, 'RTP/AVP 0 111 18 100'],
  [
    'nothing is transcoded for who has nothing that we decode',
    ['m=audio 4000 RTP/AVP 97', 'a=rtpmap:97 iLBC/8000'],
    ['PCMU', 'iLBC'],
    false,
    'RTP/AVP 97 101',
  ],
  [
    'a number that the first side uses for something else is not taken',
    ['m=audio 4000 RTP/AVP 101 8', 'a=rtpmap:101 opus/48000/2'],
    ['opus', 'PCMU'],
    false,
    'RTP/AVP 101 0 110 96',
  ],
  ['comfort noise and unknown numbers stay here', ['m=audio 4000 RTP/AVP 13 97 0'], ['PCMU'], true, 'RTP/AVP 0 101'],
];

for (const [what, caller, names, relayAll, line] of OFFERS) {
  test(`offered across: ${what}`, () => {
    const offer = offered(offerToSecondSide({ firstOffer: phone(...caller), ours: list(...names), relayAll }));
    assert.is(media(offer), `m=audio 10002 ${line}`);
  });
}

for (const [lines, direction] of [
  [['a=sendonly'], 'sendonly'],
  [['a=inactive'], 'inactive'],
  [['a=recvonly'], 'recvonly'],
  [['c=IN IP4 0.0.0.0'], 'sendonly'],
] as const) {
  test(`a hold goes across: ${lines}`, () => {
    const firstOffer = phone('m=audio 4000 RTP/AVP 0', ...lines);
    const offer = offered(offerToSecondSide({ firstOffer, ours: TO_SECOND }));
    assert.is(parseDescription(offer).media[0]?.direction, direction);
  });
}

const ANSWERS: [what: string, caller: string[], second: string[], mode: string, line: string][] = [
  ['the caller gets the codec of the second side', CALLER, ['m=audio 5000 RTP/AVP 18'], 'relay', 'RTP/AVP 18'],
  ['a codec that we decode crosses as it is', CALLER, ['m=audio 5000 RTP/AVP 0'], 'relay', 'RTP/AVP 0'],
  [
    'under the number that the caller has for it',
    ['m=audio 4000 RTP/AVP 96 0', 'a=rtpmap:96 PCMA/8000'],
    ['m=audio 5000 RTP/AVP 96', 'a=rtpmap:96 PCMA/8000'],
    'relay',
    'RTP/AVP 96',
  ],
  [
    'what the caller may change to crosses too',
    ['m=audio 4000 RTP/AVP 0 8'],
    ['m=audio 5000 RTP/AVP 8 0'],
    'relay',
    'RTP/AVP 8 0',
  ],
  [
    'what the caller does not have is transcoded, from G.711 to G.711 where the caller has it',
    CALLER,
    ['m=audio 5000 RTP/AVP 8'],
    'transcode',
    'RTP/AVP 0 111 18',
  ],
  [
    'digits where both have them',
    CALLER,
    ['m=audio 5000 RTP/AVP 18 100', 'a=rtpmap:100 telephone-event/8000'],
    'relay',
    'RTP/AVP 18 100',
  ],
];

for (const [what, caller, second, mode, line] of ANSWERS) {
  test(`answered across: ${what}`, () => {
    const call = across(caller, second);
    assert.is(call.mode, mode);
    assert.is(media(call.answer), `m=audio 10000 ${line}`);
    if (mode === 'relay') assert.is(call.agreed.send.name, call.second.send.name);
  });
}

test('parameters and packet time of the second side reach the first one', () => {
  const { answer, agreed: first } = across(CALLER, [
    'm=audio 5000 RTP/AVP 111',
    'a=rtpmap:111 opus/48000/2',
    'a=fmtp:111 stereo=0;maxplaybackrate=16000',
    'a=ptime:60',
  ]);
  assert.match(answer, 'a=fmtp:111 stereo=0;maxplaybackrate=16000\r\n');
  assert.match(answer, 'a=ptime:60\r\n');
  assert.is(first.packetMs, 40, 'what we send to the first side is as it wished');
  assert.match(first.reason, /^opus: the other side of the bridge speaks it/);
});

test('of two packings of AMR the one that the second side took is answered', () => {
  const amr = ['m=audio 4000 RTP/AVP 96 97', 'a=rtpmap:96 AMR/8000', 'a=rtpmap:97 AMR/8000', 'a=fmtp:97 octet-align=1'];
  const aligned = across(amr, ['m=audio 5000 RTP/AVP 97', 'a=rtpmap:97 AMR/8000', 'a=fmtp:97 octet-align=1']);
  assert.is(media(aligned.answer), 'm=audio 10000 RTP/AVP 97');
  const efficient = across(amr, ['m=audio 5000 RTP/AVP 96', 'a=rtpmap:96 AMR/8000']);
  assert.is(media(efficient.answer), 'm=audio 10000 RTP/AVP 96');
});

for (const [answered, direction] of [
  ['recvonly', 'recvonly'],
  ['sendonly', 'sendonly'],
  ['inactive', 'inactive'],
] as const) {
  test(`a second side that answers ${answered} is ${direction} to the first one`, () => {
    const { answer } = across(CALLER, ['m=audio 5000 RTP/AVP 0', `a=${answered}`]);
    assert.is(parseDescription(answer).media[0]?.direction, direction);
  });
}

test('a later offer across keeps numbers and lines of that side', () => {
  const first = offered(offerToSecondSide({ firstOffer: phone(...CALLER), ours: list('G729', 'PCMU') }));
  const held = phone(...CALLER.map(line => line.replace('111 18 0 100', '18')), 'a=sendonly');
  const later = offered(offerToSecondSide({ firstOffer: held, ours: { ...list('G729', 'PCMU'), previous: first } }));
  assert.is(media(later), 'm=audio 10002 RTP/AVP 18 0 100', 'the number of the digits too');
  assert.match(later, 'a=sendonly');
});

function refusalOf(outcome: OfferAcrossOutcome | AnswerAcrossOutcome): string {
  return outcome.kind === 'refused' ? `${outcome.refusal.code}: ${outcome.refusal.message}` : '';
}

test('sides with nothing in common are told of both lists', () => {
  const ilbc = phone('m=audio 4000 RTP/AVP 97', 'a=rtpmap:97 iLBC/8000');
  assert.match(
    refusalOf(offerToSecondSide({ firstOffer: ilbc, ours: list('PCMU', 'opus') })),
    /^sdp\.no-common-codec: .*offers: iLBC\/8000; the second side has: PCMU, opus;/,
  );
  const read = answerOffer(phone('m=audio 5000 RTP/AVP 0'), TO_SECOND);
  if (read.kind === 'refused') throw read.refusal;
  assert.match(
    refusalOf(answerToFirstSide({ firstOffer: ilbc, secondAgreed: read.agreed, ours: TO_FIRST })),
    /^sdp\.no-common-codec: .*offers: iLBC\/8000; the second side has: PCMU;/,
  );
});

test('what the first trunk does not allow is not answered, though the second side took it', () => {
  const firstOffer = phone('m=audio 4000 RTP/AVP 98 0', 'a=rtpmap:98 AMR/8000');
  const read = readAnswer(
    offered(offerToSecondSide({ firstOffer, ours: TO_SECOND })),
    phone('m=audio 5000 RTP/AVP 98', 'a=rtpmap:98 AMR/8000'),
  );
  if (read.kind === 'refused') throw read.refusal;
  const ask = { firstOffer, secondAgreed: read.agreed, ours: { ...TO_FIRST, codecs: codecsNamed(['PCMU']) } };
  assert.match(refusalOf(answerToFirstSide(ask)), /^sdp\.no-common-codec/, 'and AMR cannot be transcoded');
  assert.is(agreed(answerToFirstSide({ ...ask, relayAll: true })).mode, 'relay');
  const relay = parseDescription(firstOffer).media[0]?.payloads.filter(({ name }) => name === 'AMR') ?? [];
  assert.is(agreed(answerToFirstSide({ ...ask, ours: { ...ask.ours, relay } })).mode, 'relay');
});

test('an offer without audio, or none at all, does not go across', () => {
  for (const firstOffer of ['', phone(), phone('m=audio 0 RTP/AVP 0')])
    assert.match(refusalOf(offerToSecondSide({ firstOffer, ours: TO_SECOND })), /^sdp\.(malformed|no-audio)/);
});

test('SRTP on one side is nothing to the other one', () => {
  const secured = { ...TO_SECOND, security: 'sdes' } as const;
  const offer = offered(offerToSecondSide({ firstOffer: phone(...CALLER), ours: secured }));
  assert.match(offer, 'm=audio 10002 RTP/SAVP');
  const answered = answerOffer(offer, { ...OURS, security: 'sdes' });
  if (answered.kind === 'refused') throw answered.refusal;
  const read = readAnswer(offer, answered.answer);
  if (read.kind === 'refused') throw read.refusal;
  const call = agreed(answerToFirstSide({ firstOffer: phone(...CALLER), secondAgreed: read.agreed, ours: TO_FIRST }));
  assert.ok(read.agreed.security);
  assert.is(call.agreed.security, null);
  assert.not.match(call.answer, 'crypto');
});

test.run();
