import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Mailbox } from './mailbox.ts';
import type { BoxMessage } from './messages.ts';

const limits = { messages: 5, size: 10_000, ageMs: 1_000 };
const signal = (data: string): BoxMessage => ({ type: 'signal', from: null, signalType: 'x', data });
const short = (frames: readonly string[] | null) =>
  frames?.map(text => {
    const { n, type, data } = JSON.parse(text);
    return [n, data ?? type];
  });

test('messages are numbered from 1 and carry their time', () => {
  const mailbox = new Mailbox(limits);
  assert.equal(JSON.parse(mailbox.add(signal('a'), 17)), {
    n: 1,
    time: 17,
    type: 'signal',
    from: null,
    signalType: 'x',
    data: 'a',
  });
  mailbox.add(signal('b'), 18);
  assert.equal(short(mailbox.frames()), [
    [1, 'a'],
    [2, 'b'],
  ]);
});

test('a resumption brings what was missed behind its own message, without a gap, again and again', () => {
  const mailbox = new Mailbox(limits);
  for (const data of ['a', 'b', 'c']) mailbox.add(signal(data), 0);
  assert.equal(short(mailbox.resume(1, { type: 'resumed' }, 0)), [
    [2, 'resumed'],
    [3, 'b'],
    [4, 'c'],
  ]);
  // That did not arrive either, but for its first message.
  assert.equal(short(mailbox.resume(2, { type: 'resumed' }, 0)), [
    [3, 'resumed'],
    [4, 'b'],
    [5, 'c'],
  ]);
  assert.is(JSON.parse(mailbox.add(signal('d'), 0)).n, 6);
  assert.equal(short(mailbox.resume(6, { type: 'resumed' }, 0)), [[7, 'resumed']]);
});

test('what is not kept any more, or never was, cannot be resumed', () => {
  const mailbox = new Mailbox(limits);
  for (let i = 0; i < 8; i++) mailbox.add(signal(String(i)), 0);
  assert.is(mailbox.resume(2, { type: 'resumed' }, 0), null);
  assert.is(mailbox.resume(9, { type: 'resumed' }, 0), null);
  assert.ok(mailbox.resume(3, { type: 'resumed' }, 0));
});

test('what is kept is bounded in number, size and age', () => {
  const mailbox = new Mailbox(limits);
  for (let i = 0; i < 100; i++) mailbox.add(signal(String(i)), 0);
  assert.is(mailbox.frames().length, 5);
  mailbox.add(signal('x'.repeat(6_000)), 0);
  mailbox.add(signal('y'.repeat(6_000)), 0);
  assert.is(mailbox.frames().length, 1);
  mailbox.add(signal('z'), 500);
  mailbox.add(signal('late'), 1_100);
  assert.equal(short(mailbox.frames()), [
    [103, 'z'],
    [104, 'late'],
  ]);
});

test.run();
