import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Agreed } from './agreed.ts';
import { answerOffer, readAnswer } from './answer.ts';
import { codecsNamed } from './codecs-named.ts';
import { makeOffer, type OurMedia } from './offer.ts';
import { OURS, phone } from './sdp.samples.ts';

const WIDE: OurMedia = { ...OURS, codecs: codecsNamed(['opus', 'G722', 'PCMU', 'PCMA']) };
const line = (text: string) => text.split('\r\n').find(each => each.startsWith('m='));

const PHONE = [
  'm=audio 4000 RTP/AVP 9 0 96 13 100 101',
  'a=rtpmap:96 opus/48000/2',
  'a=fmtp:96 maxplaybackrate=16000;sprop-maxcapturerate=8000;useinbandfec=1',
  'a=rtpmap:100 telephone-event/48000',
  'a=rtpmap:101 telephone-event/8000',
];

function taken(lines: readonly string[], ours: OurMedia = WIDE): { answer: string; agreed: Agreed } {
  const outcome = answerOffer(phone(...lines), ours);
  if (outcome.kind === 'refused') throw outcome.refusal;
  return outcome;
}

function agreedBy(lines: readonly string[], ours: OurMedia = WIDE): Agreed {
  const outcome = readAnswer(makeOffer(ours), phone(...lines));
  if (outcome.kind === 'refused') throw outcome.refusal;
  return outcome.agreed;
}

test('an offer has our list in its order, with parameters, and digits at each clock', () => {
  assert.equal(makeOffer(WIDE).split('\r\n').slice(5, -1), [
    'm=audio 10000 RTP/AVP 111 9 0 8 110 101',
    'a=rtpmap:111 opus/48000/2',
    'a=rtpmap:9 G722/8000',
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:8 PCMA/8000',
    'a=rtpmap:110 telephone-event/48000',
    'a=rtpmap:101 telephone-event/8000',
    'a=fmtp:111 minptime=10;useinbandfec=1',
    'a=fmtp:110 0-15',
    'a=fmtp:101 0-15',
    'a=ptime:20',
    'a=sendrecv',
  ]);
  assert.match(makeOffer({ ...OURS, codecs: codecsNamed(['G729']) }), 'a=fmtp:18 annexb=no\r\n');
});

test("an answer takes the offer's order, or that of our list where it is to count", () => {
  const theirs = taken(PHONE);
  assert.is(line(theirs.answer), 'm=audio 10000 RTP/AVP 9 0 96 13 100 101');
  assert.is(theirs.agreed.send.name, 'G722');
  assert.is(theirs.agreed.reason, 'G722: the first that is offered and that we have here');

  const ours = taken(PHONE, { ...WIDE, order: 'ours' });
  assert.is(line(ours.answer), 'm=audio 10000 RTP/AVP 96 9 0 13 100 101');
  assert.is(ours.agreed.reason, 'opus: the first of our list that is offered');

  const narrow = taken(PHONE, { ...OURS, codecs: codecsNamed(['PCMA', 'PCMU']), order: 'ours' });
  assert.is(narrow.agreed.reason, 'PCMU: the first of our list that is offered; before it, not offered: PCMA');
  assert.is(
    taken(PHONE, OURS).agreed.reason,
    'PCMU: the first that is offered and that we have here; before it, not in our list: G722',
  );
});

test('G.722 is audio of 16 kHz under a clock of 8000', () => {
  const { send } = taken(PHONE).agreed;
  assert.equal([send.payloadType, send.clockRate, send.sampleRate], [9, 8000, 16_000]);
});

test("Opus is sent as the far end's parameters ask for, and received at the rate that it says it captures", () => {
  const { send, receive } = taken(PHONE, { ...WIDE, order: 'ours' }).agreed;
  assert.equal([send.payloadType, send.clockRate, send.sampleRate], [96, 48_000, 16_000]);
  assert.equal(send.implementation, { codec: 'opus', complexity: 5, bitrate: 24_000, fec: true });
  assert.is(receive.find(({ name }) => name === 'opus')?.sampleRate, 8000);
});

test('payload types may differ by direction, and parameters are those of the answer', () => {
  const agreed = agreedBy([
    'm=audio 4000 RTP/AVP 120 0',
    'a=rtpmap:120 opus/48000/2',
    'a=fmtp:120 maxaveragebitrate=12000',
  ]);
  assert.is(agreed.send.payloadType, 120);
  assert.equal(agreed.send.implementation, { codec: 'opus', complexity: 5, bitrate: 12_000 });
  assert.equal(
    agreed.receive.map(({ name, payloadType }) => [name, payloadType]),
    [
      ['opus', 111],
      ['PCMU', 0],
    ],
  );
});

test('digits come at any clock that both have, and go out at that of the codec', () => {
  const wide = taken(PHONE, { ...WIDE, order: 'ours' }).agreed;
  assert.equal(wide.sendTelephoneEvent, { payloadType: 100, clockRate: 48_000 });
  assert.equal(wide.receiveTelephoneEvent, [
    { payloadType: 100, clockRate: 48_000 },
    { payloadType: 101, clockRate: 8000 },
  ]);
  assert.equal(taken(PHONE).agreed.sendTelephoneEvent, { payloadType: 101, clockRate: 8000 });
  const narrow = taken(PHONE, OURS);
  assert.equal(narrow.agreed.receiveTelephoneEvent, { payloadType: 101, clockRate: 8000 });
  assert.not.match(narrow.answer, '48000');
  // Many phones write telephone-event/8000 with any codec.
  const opusAlone = ['m=audio 4000 RTP/AVP 96 101', 'a=rtpmap:96 opus/48000/2', 'a=rtpmap:101 telephone-event/8000'];
  assert.equal(taken(opusAlone).agreed.sendTelephoneEvent, { payloadType: 101, clockRate: 8000 });
  assert.equal(agreedBy(opusAlone).sendTelephoneEvent, { payloadType: 101, clockRate: 8000 });
});

test('comfort noise is taken beside a codec of its clock, and never offered', () => {
  const { answer, agreed } = taken(PHONE);
  assert.match(answer, 'a=rtpmap:13 CN/8000');
  assert.equal(agreed.receive.at(-1), {
    name: 'CN',
    payloadType: 13,
    clockRate: 8000,
    sampleRate: 8000,
    implementation: 'comfort-noise',
  });
  const alone = ['m=audio 4000 RTP/AVP 96 13', 'a=rtpmap:96 opus/48000/2'];
  assert.not.match(taken(alone).answer, 'CN');
  assert.not.match(makeOffer(WIDE), 'CN');
  assert.throws(() => taken(['m=audio 4000 RTP/AVP 13']), /no audio codec in common/);
});

const TIMES: [codec: string, lines: string[], packetMs: number][] = [
  ['opus', ['m=audio 4000 RTP/AVP 96', 'a=rtpmap:96 opus/48000/2', 'a=ptime:30'], 20],
  ['opus', ['m=audio 4000 RTP/AVP 96', 'a=rtpmap:96 opus/48000/2', 'a=ptime:60', 'a=maxptime:40'], 40],
  ['G722', ['m=audio 4000 RTP/AVP 9', 'a=ptime:30'], 30],
  ['speex', ['m=audio 4000 RTP/AVP 97', 'a=rtpmap:97 speex/16000', 'a=ptime:10'], 20],
  ['L16', ['m=audio 4000 RTP/AVP 97', 'a=rtpmap:97 L16/48000', 'a=ptime:20'], 10],
  ['L16', ['m=audio 4000 RTP/AVP 97', 'a=rtpmap:97 L16/16000', 'a=ptime:60'], 40],
];

for (const [codec, lines, packetMs] of TIMES) {
  test(`${codec} asked for with ${lines.filter(each => /ptime/.test(each))} is sent in packets of ${packetMs} ms`, () => {
    assert.is(taken(lines, { ...OURS, codecs: codecsNamed([codec]) }).agreed.packetMs, packetMs);
  });
}

test.run();
