import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isCrosspointError } from '../base/errors.ts';
import { G711 } from '../sdp/sdp.samples.ts';
import { Negotiation } from './negotiation.ts';

const local = { address: '192.0.2.1', rtpPort: 10_000, rtcpPort: 10_001 };
const terms = {
  codecs: G711,
  security: 'none' as const,
  digits: { accept: ['rfc4733' as const], send: 'rfc4733' as const, removeInband: false },
};
const side = (change: object = {}) => new Negotiation(local, { ...terms, ...change });

const theirs = (direction = 'sendrecv', port = 4000, address = '192.0.2.9') =>
  Buffer.from(
    `v=0\r\no=- 7 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\n` +
      `m=audio ${port} RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=${direction}\r\n`,
  );

const versionOf = (description: Buffer) => /^o=\S+ \S+ (\d+) /m.exec(description.toString())?.[1];
const sessionOf = (description: Buffer) => /^o=\S+ (\S+) /m.exec(description.toString())?.[1];
const lineOf = (description: Buffer, start: string) =>
  description
    .toString()
    .split('\r\n')
    .find(line => line.startsWith(start));

test('the version rises with each description that differs, and the session stays', () => {
  const ours = side();
  const first = ours.offer();
  ours.readAnswer(theirs());
  const same = ours.offer();
  assert.equal(same, first, 'nothing has changed');
  ours.readAnswer(theirs());
  const held = ours.offer('sendonly');
  assert.equal([versionOf(first), versionOf(held)], ['1', '2']);
  assert.is(sessionOf(held), sessionOf(first));
  assert.is(lineOf(held, 'a=sendonly'), 'a=sendonly');
});

test('an offer that was refused does not count', () => {
  const ours = side();
  const first = ours.offer();
  const agreed = ours.readAnswer(theirs());
  ours.offer('sendonly');
  ours.refused();
  assert.is(ours.agreed, agreed);
  assert.is(ours.ours, first.toString());
  assert.is(versionOf(ours.offer('inactive')), '2', 'the number of the refused one is free again');
});

test('every kind of hold is seen in an offer, answered, and taken back', () => {
  const ours = side();
  const first = ours.answer(theirs());
  assert.is(first.kind, 'agreed');
  ours.answered(first.answer, first.kind === 'agreed' ? first.agreed : null);
  for (const [hold, expected] of [
    [theirs('sendonly'), 'a=recvonly'],
    [theirs('inactive'), 'a=inactive'],
    [theirs('sendrecv', 4000, '0.0.0.0'), 'm=audio 10000'],
    [theirs('sendrecv', 0), 'm=audio 0'],
  ] as const) {
    const outcome = ours.answer(hold);
    assert.ok(outcome.kind === 'held' || outcome.agreed.held, expected);
    const said = ours.answered(outcome.answer, outcome.kind === 'held' ? null : outcome.agreed);
    assert.ok(lineOf(said, expected), `${expected} in ${said}`);
    const resumed = ours.answer(theirs('sendrecv', 5000));
    assert.ok(resumed.kind === 'agreed' && !resumed.agreed.held);
    if (resumed.kind !== 'agreed') return;
    ours.answered(resumed.answer, resumed.agreed);
    assert.is(ours.agreed?.remote?.rtp.port, 5000);
  }
});

test('our own hold is kept in what we answer', () => {
  const ours = side();
  ours.offer();
  ours.readAnswer(theirs());
  const outcome = ours.answer(theirs('sendrecv', 4002), 'sendonly');
  assert.ok(outcome.kind === 'agreed' && outcome.agreed.direction === 'sendonly');
});

test('the address of the terms is the one that is written', () => {
  const ours = side({ advertise: '203.0.113.5' });
  assert.is(lineOf(ours.offer(), 'c='), 'c=IN IP4 203.0.113.5');
});

test('nothing in common is said with a code, and what counted before still counts', () => {
  const ours = side();
  ours.offer();
  const agreed = ours.readAnswer(theirs());
  const foreign = Buffer.from(theirs().toString().replace('RTP/AVP 8 101', 'RTP/AVP 18 101'));
  assert.throws(
    () => ours.answer(foreign),
    (error: unknown) => isCrosspointError(error) && error.code === 'sdp.no-common-codec',
  );
  assert.is(ours.agreed, agreed);
});

test('secured media is offered when the terms say so, with the same key as long as the call lasts', () => {
  const ours = side({ security: 'sdes' });
  const first = ours.offer();
  assert.match(lineOf(first, 'm=audio') ?? '', 'RTP/SAVP');
  const key = lineOf(first, 'a=crypto');
  assert.ok(key);
  const answer = theirs().toString().replace('RTP/AVP', 'RTP/SAVP').replace('a=sendrecv', `${key}\r\na=sendrecv`);
  ours.readAnswer(Buffer.from(answer));
  assert.is(lineOf(ours.offer('sendonly'), 'a=crypto'), key);
});

test.run();
