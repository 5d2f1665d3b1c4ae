import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { answerOffer } from './answer.ts';
import { nextVersion } from './next-version.ts';
import { makeOffer } from './offer.ts';
import { parseDescription } from './parse-description.ts';
import { DESK_PHONE, OURS, phone } from './sdp.samples.ts';
import type { Direction } from './session-description.ts';

const lines = (text: string) => text.split('\r\n').filter(line => line.startsWith('m='));

test('audio switched off within a call is a hold, answered in kind', () => {
  const offer = phone('m=audio 0 RTP/AVP 0', 'm=video 0 RTP/AVP 99');
  const outcome = answerOffer(offer, OURS, { inSession: true });
  assert.is(outcome.kind, 'held');
  assert.equal(outcome.kind === 'held' && lines(outcome.answer), ['m=audio 0 RTP/AVP 0', 'm=video 0 RTP/AVP 99']);
  assert.is(answerOffer(offer, OURS).kind, 'refused', 'no way to begin a call');
  assert.is(answerOffer(phone('m=video 4000 RTP/AVP 99'), OURS, { inSession: true }).kind, 'refused');
  assert.is(answerOffer('v=0', OURS, { inSession: true }).kind, 'refused');
});

test('a call that was switched off is resumed at a new address', () => {
  const held = answerOffer(phone('m=audio 0 RTP/AVP 0'), OURS, { inSession: true });
  if (held.kind !== 'held') throw new Error('not held');
  const resumed = answerOffer(
    phone(...DESK_PHONE).replaceAll('192.0.2.9', '192.0.2.77'),
    { ...OURS, previous: held.answer },
    { inSession: true },
  );
  if (resumed.kind !== 'agreed') throw new Error('not resumed');
  assert.equal(resumed.agreed.remote?.rtp, { host: '192.0.2.77', port: 49170 });
  assert.is(resumed.agreed.direction, 'sendrecv');
});

const DIRECTIONS: [ours: Direction, theirs: Direction, answered: Direction][] = [
  ['sendrecv', 'sendonly', 'recvonly'],
  ['sendonly', 'sendrecv', 'sendonly'],
  ['sendonly', 'sendonly', 'inactive'],
  ['sendonly', 'recvonly', 'sendonly'],
  ['inactive', 'sendrecv', 'inactive'],
  ['recvonly', 'sendrecv', 'recvonly'],
];

for (const [direction, theirs, answered] of DIRECTIONS) {
  test(`who wishes ${direction} answers ${theirs} with ${answered} (RFC 3264 §6.1)`, () => {
    const outcome = answerOffer(phone('m=audio 4000 RTP/AVP 0', `a=${theirs}`), { ...OURS, direction });
    if (outcome.kind !== 'agreed') throw outcome.refusal;
    assert.is(outcome.agreed.direction, answered);
    assert.is(parseDescription(outcome.answer).media[0]?.direction, answered);
  });
}

test('the unspecified address of IPv6 is a hold too', () => {
  const outcome = answerOffer(phone('m=audio 4000 RTP/AVP 0', 'c=IN IP6 ::'), { ...OURS, address: '2001:db8::1' });
  if (outcome.kind !== 'agreed') throw outcome.refusal;
  assert.is(outcome.agreed.remote, null);
  assert.ok(outcome.agreed.held);
});

for (const direction of ['sendonly', 'inactive', 'sendrecv'] as const) {
  test(`we offer ${direction} when we want it`, () => {
    assert.match(makeOffer({ ...OURS, direction }), `a=${direction}\r\n`);
  });
}

test('an offer after an answer keeps its lines in place, its payload numbers and its times (RFC 3264 §8)', () => {
  const outcome = answerOffer(
    phone(
      'm=video 5000 RTP/AVP 99',
      'm=audio 4000 RTP/AVP 96 126',
      'a=rtpmap:96 PCMA/8000',
      'a=rtpmap:126 telephone-event/8000',
      'm=audio 4002 RTP/AVP 0',
    ).replace('t=0 0', 't=1 2'),
    OURS,
  );
  if (outcome.kind !== 'agreed') throw outcome.refusal;
  const later = makeOffer({ ...OURS, previous: outcome.answer, version: 2, direction: 'sendonly' });
  assert.equal(lines(later), ['m=video 0 RTP/AVP 99', 'm=audio 10000 RTP/AVP 0 96 126', 'm=audio 0 RTP/AVP 0']);
  assert.match(later, 'a=rtpmap:96 PCMA/8000');
  assert.match(later, 'a=rtpmap:126 telephone-event/8000');
  assert.match(later, 't=1 2\r\n');
});

test('a number that meant something else before is not used again', () => {
  const outcome = answerOffer(
    phone('m=audio 4000 RTP/AVP 101 97', 'a=rtpmap:101 PCMA/8000', 'a=rtpmap:97 telephone-event/16000'),
    OURS,
  );
  if (outcome.kind !== 'agreed') throw outcome.refusal;
  assert.equal(lines(makeOffer({ ...OURS, previous: outcome.answer })), ['m=audio 10000 RTP/AVP 0 101 96']);
});

test('a line that was switched off is offered again in its place, and one is added where there was none', () => {
  const previous = makeOffer(OURS).replace('m=audio 10000', 'm=audio 0');
  assert.equal(lines(makeOffer({ ...OURS, previous })), ['m=audio 10000 RTP/AVP 0 8 101']);
  const video = makeOffer(OURS).replace('m=audio 10000', 'm=video 0');
  assert.equal(lines(makeOffer({ ...OURS, previous: video })), [
    'm=video 0 RTP/AVP 0 8 101',
    'm=audio 10000 RTP/AVP 0 8 101',
  ]);
});

test('the version rises with each change, and only then', () => {
  const first = makeOffer({ ...OURS, version: 41 });
  assert.is(nextVersion(first, makeOffer({ ...OURS, version: 1, previous: first })), first);
  const held = nextVersion(first, makeOffer({ ...OURS, version: 1, previous: first, direction: 'sendonly' }));
  assert.is(parseDescription(held).origin?.version, '42');
  assert.is(nextVersion(held, held), held);
  assert.is(parseDescription(nextVersion(held, first)).origin?.version, '43');
});

test.run();
