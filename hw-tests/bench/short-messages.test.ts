import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readShortMessages, whyCallerWasLate } from './short-messages.ts';

const line = (at: number, direction: 'S' | 'R', call: string, sequence: string, first: string) =>
  ['2026-11-20', '22:21:54.118461', at.toFixed(6), direction, call, `CSeq:${sequence}`, first].join('\t');

test('the time from INVITE to 200 is read per call; what was sent again does not count', () => {
  const log = [
    line(10, 'S', '1-7@127.0.0.1', '1 INVITE', 'INVITE sip:room-0@127.0.0.1:5060 SIP/2.0'),
    line(10.001, 'S', '2-7@127.0.0.1', '1 INVITE', 'INVITE sip:room-0@127.0.0.1:5060 SIP/2.0'),
    line(10.002, 'R', '1-7@127.0.0.1', '1 INVITE', 'SIP/2.0 180 Ringing'),
    line(10.004, 'R', '1-7@127.0.0.1', '1 INVITE', 'SIP/2.0 200 OK'),
    line(10.501, 'S', '2-7@127.0.0.1', '1 INVITE', 'INVITE sip:room-0@127.0.0.1:5060 SIP/2.0'),
    line(10.504, 'R', '1-7@127.0.0.1', '1 INVITE', 'SIP/2.0 200 OK'),
    line(10.505, 'R', '2-7@127.0.0.1', '1 INVITE', 'SIP/2.0 200 OK'),
    line(10.51, 'S', '3-7@127.0.0.1', '1 INVITE', 'INVITE sip:room-1@127.0.0.1:5060 SIP/2.0'),
    line(10.52, 'R', '3-7@127.0.0.1', '1 INVITE', 'SIP/2.0 503 Service Unavailable'),
    line(10.6, 'R', '1-7@127.0.0.1', '2 BYE', 'SIP/2.0 200 OK'),
    '',
  ].join('\n');
  const { invitedAt, firstResponseMs, answeredMs, refused } = readShortMessages(log);
  assert.equal(invitedAt, [10, 10.001, 10.51]);
  assert.equal(refused, { 503: 1 });
  assert.equal(
    firstResponseMs.map(ms => Math.round(ms)),
    [2, 504, 10],
  );
  assert.equal(
    answeredMs.map(ms => Math.round(ms)),
    [4, 504],
  );
});

test('a caller that keeps its rate is believed, one that falls behind or pauses is not', () => {
  const even = Array.from({ length: 101 }, (_, index) => index / 100);
  assert.is(whyCallerWasLate(even, 100), null);
  assert.match(whyCallerWasLate(even, 110) ?? '', /100 of 110 calls/);
  assert.match(whyCallerWasLate([...even.slice(0, 50), ...even.slice(58)], 90) ?? '', /paused for 90 ms/);
  assert.match(whyCallerWasLate([], 100) ?? '', /no calls/);
});

test.run();
