import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Agreed } from './agreed.ts';
import { type AnswerOutcome, answerOffer, type OfferOutcome, readAnswer } from './answer.ts';
import { makeOffer } from './offer.ts';
import { parseDescription } from './parse-description.ts';
import { BROWSER, DESK_PHONE, OURS, phone } from './sdp.samples.ts';

const PCMU = { name: 'PCMU', clockRate: 8000, sampleRate: 8000, implementation: 'pcmu' };
const PCMA = { name: 'PCMA', clockRate: 8000, sampleRate: 8000, implementation: 'pcma' };

function taken(offer: string): { answer: string; agreed: Agreed } {
  const outcome = answerOffer(offer, OURS);
  if (outcome.kind === 'refused') throw outcome.refusal;
  return outcome;
}

function agreedBy(answer: string, offer = makeOffer(OURS)): Agreed {
  const outcome = readAnswer(offer, answer);
  if (outcome.kind === 'refused') throw outcome.refusal;
  return outcome.agreed;
}

function refusalOf(outcome: OfferOutcome | AnswerOutcome): string {
  if (outcome.kind === 'agreed') assert.unreachable('agreed');
  return outcome.kind === 'refused' ? `${outcome.refusal.code}: ${outcome.refusal.message}` : '';
}

test("a desk phone's offer is answered in its order, under its numbers", () => {
  const { answer, agreed } = taken(phone(...DESK_PHONE));
  assert.equal(agreed, {
    remote: { rtp: { host: '192.0.2.9', port: 49170 }, rtcp: { host: '192.0.2.9', port: 49171 } },
    receive: [
      { ...PCMA, payloadType: 8 },
      { ...PCMU, payloadType: 0 },
    ],
    send: { ...PCMA, payloadType: 8 },
    sendFormat: { payloadType: 8, name: 'PCMA', clockRate: 8000, channels: 1, fmtp: null },
    reason: 'PCMA: the first that is offered and that we have here; before it, not in our list: G729',
    security: null,
    receiveTelephoneEvent: { payloadType: 101, clockRate: 8000 },
    sendTelephoneEvent: { payloadType: 101, clockRate: 8000 },
    packetMs: 20,
    direction: 'sendrecv',
    held: false,
  });
  assert.equal(answer.split('\r\n'), [
    'v=0',
    'o=- 4711 1 IN IP4 198.51.100.1',
    's=-',
    'c=IN IP4 198.51.100.1',
    't=0 0',
    'm=audio 10000 RTP/AVP 8 0 101',
    'a=rtpmap:8 PCMA/8000',
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:101 telephone-event/8000',
    'a=fmtp:101 0-15',
    'a=ptime:20',
    'a=sendrecv',
    '',
  ]);
});

test('a protocol in lower case is RTP too', () => {
  assert.match(taken(phone('m=audio 4000 rtp/avp 0')).answer, 'm=audio 10000 rtp/avp 0\r\n');
});

test('codecs are known by name, whatever their number and case', () => {
  const { agreed } = taken(
    phone('m=audio 4000 RTP/AVP 97 126', 'a=rtpmap:97 pcmu/8000/1', 'a=rtpmap:126 Telephone-Event/8000'),
  );
  assert.equal(agreed.send, { ...PCMU, payloadType: 97 });
  assert.is(agreed.sendTelephoneEvent?.payloadType, 126);
});

test('a codec of that name at another rate or with more channels is another codec', () => {
  const outcome = answerOffer(
    phone('m=audio 4000 RTP/AVP 97 98', 'a=rtpmap:97 PCMU/16000', 'a=rtpmap:98 PCMA/8000/2'),
    OURS,
  );
  assert.is(
    refusalOf(outcome),
    'sdp.no-common-codec: no audio codec in common – offered: PCMU/16000, PCMA/8000/2; we have: PCMU, PCMA',
  );
});

test('a codec that is listed twice counts once', () => {
  const { agreed } = taken(phone('m=audio 4000 RTP/AVP 0 97', 'a=rtpmap:97 PCMU/8000'));
  assert.equal(agreed.receive, [{ ...PCMU, payloadType: 0 }]);
});

test('an offer without telephone-event is agreed without it', () => {
  const { answer, agreed } = taken(phone('m=audio 4000 RTP/AVP 0'));
  assert.is(agreed.sendTelephoneEvent, undefined);
  assert.is(agreed.receiveTelephoneEvent, undefined);
  assert.not.match(answer, 'telephone-event');
});

test('every line is answered in its place, those that we do not take with port 0 (RFC 3264 §6)', () => {
  const { answer, agreed } = taken(
    phone(
      'm=video 5000 RTP/AVP 99',
      'a=rtpmap:99 H264/90000',
      'm=audio 4000 RTP/SAVP 0',
      'm=audio 4002 RTP/AVP 18',
      'm=audio 4004 RTP/AVPF 0',
      'm=audio 4006 RTP/AVP 0',
      'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
      'm=x-thing 7 foo',
    ),
  );
  assert.equal(
    answer.split('\r\n').filter(line => line.startsWith('m=')),
    [
      'm=video 0 RTP/AVP 99',
      'm=audio 0 RTP/SAVP 0',
      'm=audio 0 RTP/AVP 18',
      'm=audio 10000 RTP/AVPF 0',
      'm=audio 0 RTP/AVP 0',
      'm=application 0 UDP/DTLS/SCTP webrtc-datachannel',
      'm=x-thing 0 foo 0',
    ],
  );
  assert.is(agreed.remote?.rtp.port, 4004);
});

test('the times of the offer are repeated (RFC 3264 §6)', () => {
  const { answer } = taken(phone('m=audio 4000 RTP/AVP 0').replace('t=0 0', 't=2873397496 2873404696'));
  assert.match(answer, '\r\nt=2873397496 2873404696\r\n');
});

const DIRECTIONS: [theirs: string, address: string, ours: string, held: boolean][] = [
  ['sendrecv', '192.0.2.9', 'sendrecv', false],
  ['sendonly', '192.0.2.9', 'recvonly', true],
  ['recvonly', '192.0.2.9', 'sendonly', false],
  ['inactive', '192.0.2.9', 'inactive', true],
  ['sendrecv', '0.0.0.0', 'recvonly', true],
  ['sendonly', '0.0.0.0', 'recvonly', true],
  ['recvonly', '0.0.0.0', 'inactive', true],
  ['inactive', '0.0.0.0', 'inactive', true],
];

for (const [theirs, address, ours, held] of DIRECTIONS) {
  const line = [`m=audio 4000 RTP/AVP 0`, `c=IN IP4 ${address}`, `a=${theirs}`];

  test(`an offer of ${theirs} at ${address} is ${ours} for us${held ? ', held' : ''}`, () => {
    const { answer, agreed } = taken(phone(...line));
    assert.is(agreed.direction, ours);
    assert.is(agreed.held, held);
    assert.is(agreed.remote === null, address === '0.0.0.0');
    assert.is(parseDescription(answer).media[0]?.direction, ours);
  });

  test(`an answer of ${theirs} at ${address} to sendrecv is ${ours} for us${held ? ', held' : ''}`, () => {
    const agreed = agreedBy(phone(...line));
    assert.is(agreed.direction, ours);
    assert.is(agreed.held, held);
  });
}

test('what we did not offer does not come of an answer', () => {
  const offer = makeOffer(OURS);
  assert.is(agreedBy(phone('m=audio 4000 RTP/AVP 0'), offer.replace('sendrecv', 'sendonly')).direction, 'sendonly');
  assert.is(
    agreedBy(phone('m=audio 4000 RTP/AVP 0', 'a=sendonly'), offer.replace('sendrecv', 'sendonly')).direction,
    'inactive',
  );
});

const PACKET_TIMES: [lines: string[], packetMs: number][] = [
  [[], 20],
  [['a=ptime:10'], 10],
  [['a=ptime:20'], 20],
  [['a=ptime:30'], 30],
  [['a=ptime:40'], 40],
  [['a=ptime:60'], 60],
  [['a=ptime:50'], 20],
  [['a=ptime:0'], 20],
  [['a=ptime:-20'], 20],
  [['a=ptime:1e1'], 20],
  [['a=ptime:99999999999'], 20],
  [['a=maxptime:10'], 10],
  [['a=ptime:60', 'a=maxptime:40'], 40],
  [['a=ptime:60', 'a=maxptime:35'], 30],
  [['a=ptime:10', 'a=maxptime:5'], 10],
];

for (const [lines, packetMs] of PACKET_TIMES) {
  test(`${lines.join(' ') || 'no packet time'} makes packets of ${packetMs} ms`, () => {
    const { answer, agreed } = taken(phone('m=audio 4000 RTP/AVP 0', ...lines));
    assert.is(agreed.packetMs, packetMs);
    assert.match(answer, `a=ptime:${packetMs}\r\n`);
    assert.is(agreedBy(phone('m=audio 4000 RTP/AVP 0', ...lines)).packetMs, packetMs);
  });
}

test('RTCP goes to the next port, or where a=rtcp says (RFC 3605)', () => {
  const rtcp = (...lines: string[]) => taken(phone('m=audio 4000 RTP/AVP 0', ...lines)).agreed.remote?.rtcp;
  assert.equal(rtcp(), { host: '192.0.2.9', port: 4001 });
  assert.equal(rtcp('a=rtcp:53020'), { host: '192.0.2.9', port: 53020 });
  assert.equal(rtcp('a=rtcp:53020 IN IP4 192.0.2.77'), { host: '192.0.2.77', port: 53020 });
});

test("each side sends with the numbers that the other one wrote, and in the answerer's order", () => {
  const agreed = agreedBy(
    phone('m=audio 4000 RTP/AVP 96 0 97', 'a=rtpmap:96 PCMA/8000', 'a=rtpmap:97 telephone-event/8000'),
  );
  assert.equal(agreed.send, { ...PCMA, payloadType: 96 });
  assert.equal(agreed.receive, [
    { ...PCMU, payloadType: 0 },
    { ...PCMA, payloadType: 8 },
  ]);
  assert.is(agreed.sendTelephoneEvent?.payloadType, 97);
  assert.equal(agreed.receiveTelephoneEvent, { payloadType: 101, clockRate: 8000 });
});

test('what the answer leaves out is not received, and what we did not offer is not sent', () => {
  const onlyPcma = makeOffer({ ...OURS, codecs: OURS.codecs.filter(({ name }) => name === 'PCMA') });
  const agreed = agreedBy(phone('m=audio 4000 RTP/AVP 0 8'), onlyPcma);
  assert.equal(agreed.receive, [{ ...PCMA, payloadType: 8 }]);
  assert.is(agreed.send.name, 'PCMA');
  assert.is(agreed.receiveTelephoneEvent, undefined);
});

test('our answer to our own offer is agreed alike from both ends', () => {
  const offer = makeOffer(OURS);
  const outcome = answerOffer(offer, { ...OURS, address: '198.51.100.2', rtpPort: 10_010 });
  if (outcome.kind === 'refused') throw outcome.refusal;
  const { remote: theirs, reason: answered, ...asOfferer } = agreedBy(outcome.answer, offer);
  const { remote: ours, reason: offered, ...asAnswerer } = outcome.agreed;
  assert.equal(asOfferer, asAnswerer);
  assert.is(ours?.rtp.port, 10_000);
  assert.is(theirs?.rtp.port, 10_010);
});

const REFUSED_OFFERS: [what: string, offer: string, refusal: RegExp][] = [
  [
    'no common codec',
    phone('m=audio 4000 RTP/AVP 18 101 97', 'a=rtpmap:101 telephone-event/8000'),
    /^sdp\.no-common-codec: .*offered: G729\/8000, payload type 97; we have: PCMU, PCMA$/,
  ],
  [
    'telephone-event alone',
    phone('m=audio 4000 RTP/AVP 101', 'a=rtpmap:101 telephone-event/8000'),
    /^sdp\.no-common-codec: .*offered: none/,
  ],
  ['no formats', phone('m=audio 4000 RTP/AVP'), /^sdp\.no-common-codec/],
  ['no audio', phone('m=video 4000 RTP/AVP 99'), /^sdp\.no-audio/],
  ['no media', phone(), /^sdp\.no-audio/],
  ['audio switched off', phone('m=audio 0 RTP/AVP 0'), /^sdp\.no-audio/],
  ['SRTP', phone('m=audio 4000 RTP/SAVP 0'), /^sdp\.security-unsupported: .*RTP\/SAVP.*RTP\/AVP/],
  ['a browser', BROWSER, /^sdp\.security-unsupported: .*UDP\/TLS\/RTP\/SAVPF/],
  ['another protocol', phone('m=audio 4000 udp 0'), /^sdp\.protocol-unsupported: .*udp/],
  [
    'a host name',
    phone('m=audio 4000 RTP/AVP 0', 'c=IN IP4 pc33.atlanta.com'),
    /^sdp\.address-unsupported: .*pc33\.atlanta\.com/,
  ],
  ['the other IP version', phone('m=audio 4000 RTP/AVP 0', 'c=IN IP6 2001:db8::1'), /^sdp\.address-unsupported/],
  ['multicast', phone('m=audio 4000 RTP/AVP 0', 'c=IN IP4 224.2.1.1/127'), /^sdp\.address-unsupported: .*multicast/],
  ['broadcast', phone('m=audio 4000 RTP/AVP 0', 'c=IN IP4 255.255.255.255'), /^sdp\.address-unsupported/],
  ['RTCP to multicast', phone('m=audio 4000 RTP/AVP 0', 'a=rtcp:4001 IN IP4 239.0.0.1'), /^sdp\.address-unsupported/],
  ['no c= line', phone('m=audio 4000 RTP/AVP 0').replace(/c=.*\r\n/, ''), /^sdp\.malformed: .*c=/],
  ['no port left for RTCP', phone('m=audio 65535 RTP/AVP 0'), /^sdp\.malformed: .*RTCP/],
  ['garbage', 'garbage', /^sdp\.malformed/],
  ['too much', phone('a=x\r\n'.repeat(5000)), /^sdp\.too-large/],
];

for (const [what, offer, refusal] of REFUSED_OFFERS) {
  test(`an offer is refused with its reason: ${what}`, () => {
    assert.match(refusalOf(answerOffer(offer, OURS)), refusal);
  });
}

const REFUSED_ANSWERS: [what: string, answer: string, refusal: RegExp][] = [
  ['audio refused', phone('m=audio 0 RTP/AVP 0'), /^sdp\.audio-refused/],
  [
    'a codec that we did not offer',
    phone('m=audio 4000 RTP/AVP 18'),
    /^sdp\.no-common-codec: .*answered: G729\/8000; we have: PCMU, PCMA$/,
  ],
  ['no line', phone(), /^sdp\.malformed/],
  ['another line', phone('m=video 4000 RTP/AVP 99', 'm=audio 4000 RTP/AVP 0'), /^sdp\.malformed/],
  ['SRTP', phone('m=audio 4000 RTP/SAVP 0'), /^sdp\.security-unsupported/],
  ['the other IP version', phone('m=audio 4000 RTP/AVP 0', 'c=IN IP6 ::1'), /^sdp\.address-unsupported/],
  ['garbage', '', /^sdp\.malformed/],
];

for (const [what, answer, refusal] of REFUSED_ANSWERS) {
  test(`an answer is refused with its reason: ${what}`, () => {
    assert.match(refusalOf(readAnswer(makeOffer(OURS), answer)), refusal);
  });
}

test.run();
