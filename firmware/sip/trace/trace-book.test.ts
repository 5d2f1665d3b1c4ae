import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ManualClock } from '../../base/manual-clock.ts';
import { INVITE, localAddress, peer, RINGING } from './trace.samples.ts';
import { TraceBook, type TraceLimits } from './trace-book.ts';

const book = (limits?: TraceLimits) => new TraceBook(new ManualClock(1000), limits);
const bytesOf = (callId: string, size = 0) =>
  Buffer.from(`OPTIONS sip:a SIP/2.0\r\nCall-ID: ${callId}\r\n${' '.repeat(size)}`);

test('the messages of a Call-ID are told in the order of time, whichever form its header has', () => {
  const clock = new ManualClock(1000);
  const traces = new TraceBook(clock);
  traces.record('out', Buffer.from(INVITE), localAddress(), peer());
  clock.advance(20);
  traces.record('in', Buffer.from(RINGING), localAddress(), peer());
  traces.record('in', bytesOf('two@box'), localAddress(), peer());
  const { messages, dropped } = traces.read(['one@box']);
  assert.equal(
    messages.map(({ at, direction, remote }) => [at, direction, remote.address]),
    [
      [1000, 'out', '192.0.2.9'],
      [1020, 'in', '192.0.2.9'],
    ],
  );
  assert.is(dropped, 0);
  assert.is(traces.read(['one@box', 'two@box']).messages.length, 3);
  assert.is(traces.read(['three@box']).messages.length, 0);
});

test('what has no Call-ID is not kept', () => {
  const traces = book();
  traces.record('in', Buffer.from('hello\r\n'), localAddress(), peer());
  assert.is(traces.bytes, 0);
});

test('one call cannot take all the room: later messages are counted only', () => {
  const traces = book({ maxBytes: 1e6, maxMessages: 3 });
  for (let i = 0; i < 5; i++) traces.record('in', bytesOf('a'), localAddress(), peer());
  const { messages, dropped } = traces.read(['a']);
  assert.equal([messages.length, dropped], [3, 2]);
});

test('when room is short, calls that are over go first, the oldest of them before the others', () => {
  const traces = book({ maxBytes: 4 * 1500, maxMessages: 10 });
  for (const callId of ['live', 'old', 'new']) traces.record('in', bytesOf(callId, 1000), localAddress(), peer());
  traces.keep('live');
  traces.record('in', bytesOf('newest', 1000), localAddress(), peer());
  traces.record('in', bytesOf('last', 1000), localAddress(), peer());
  const kept = ['live', 'old', 'new', 'newest', 'last'].map(callId => traces.read([callId]).messages.length);
  assert.equal(kept, [1, 0, 1, 1, 1]);
  assert.ok(traces.bytes <= 4 * 1500);
});

test('live calls lose their messages only when nothing else is left, and it is said', () => {
  const traces = book({ maxBytes: 3 * 1500, maxMessages: 10 });
  for (const callId of ['a', 'b', 'c', 'd']) {
    traces.keep(callId);
    traces.record('in', bytesOf(callId, 1000), localAddress(), peer());
  }
  assert.equal(traces.read(['a']), { messages: [], dropped: 1 });
  assert.is(traces.read(['d']).messages.length, 1);
  assert.ok(traces.bytes <= 3 * 1500);
});

test('100,000 conversations do not grow it', () => {
  const traces = book({ maxBytes: 100_000, maxMessages: 10 });
  for (let i = 0; i < 100_000; i++) traces.record('in', bytesOf(`call-${i}`), localAddress(), peer());
  assert.ok(traces.bytes <= 100_000);
  assert.is(traces.read(['call-99999']).messages.length, 1);
});

test('a released call is still told while there is room', () => {
  const traces = book();
  traces.keep('a');
  traces.record('in', bytesOf('a'), localAddress(), peer());
  traces.release('a');
  assert.is(traces.read(['a']).messages.length, 1);
});

test('a slice of a large chunk does not keep the chunk alive', () => {
  const traces = book();
  const chunk = Buffer.alloc(65_536);
  const message = bytesOf('a');
  message.copy(chunk);
  traces.record('in', chunk.subarray(0, message.length), localAddress('tcp'), peer('tcp'));
  assert.ok(traces.read(['a']).messages[0]!.bytes.buffer.byteLength < 65_536);
});

test.run();
