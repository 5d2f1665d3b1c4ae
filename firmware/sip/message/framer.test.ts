import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SipParseError } from './errors.ts';
import { type Frame, StreamFramer } from './framer.ts';
import { INVITE, OK, REGISTER, UNUSUAL } from './message.samples.ts';
import { seededRandom } from './mutations.ts';
import { parseMessage } from './parse.ts';

const SAMPLES = [INVITE, OK, REGISTER, UNUSUAL];

function texts(frames: Frame[]): string[] {
  return frames.map(frame => (frame.kind === 'ping' ? 'ping' : frame.bytes.toString()));
}

function refuses(push: () => unknown, why: RegExp): void {
  assert.throws(push, (error: unknown) => error instanceof SipParseError && why.test(error.message));
}

test('messages come out whole, however the stream is cut', () => {
  const stream = Buffer.from(SAMPLES.join(''));
  for (const size of [1, 2, 3, 7, 100, 1400, stream.length]) {
    const framer = new StreamFramer();
    const got: string[] = [];
    for (let at = 0; at < stream.length; at += size) got.push(...texts(framer.push(stream.subarray(at, at + size))));
    assert.equal(got, SAMPLES, `chunks of ${size}`);
  }
});

test('what comes out can be parsed and does not change with later chunks', () => {
  const framer = new StreamFramer();
  const [first] = framer.push(Buffer.from(INVITE + OK.slice(0, 50)));
  framer.push(Buffer.from(OK.slice(50) + REGISTER));
  assert.is(first?.kind, 'message');
  if (first?.kind === 'message') assert.is(parseMessage(first.bytes).kind, 'request');
  assert.equal(texts(first ? [first] : []), [INVITE]);
});

test('a double line break between messages is a ping, a single one (a pong) is nothing', () => {
  const framer = new StreamFramer();
  assert.equal(texts(framer.push(Buffer.from('\r\n\r\n'))), ['ping']);
  assert.equal(texts(framer.push(Buffer.from('\r\n'))), []);
  assert.equal(texts(framer.push(Buffer.from(OK))), [OK]);
  assert.equal(texts(framer.push(Buffer.from('\r'))), []);
  assert.equal(texts(framer.push(Buffer.from('\n\r'))), []);
  assert.equal(texts(framer.push(Buffer.from('\n'))), ['ping']);
  assert.equal(texts(framer.push(Buffer.from(`${OK}\r\n\r\n${OK}`))), [OK, 'ping', OK]);
});

test('Content-Length is found compact, folded, in any case; lines may end in LF', () => {
  for (const line of ['l:3', 'CONTENT-LENGTH : 3', 'Content-Length:\r\n  3', 'content-length:\t3 ']) {
    const message = `OPTIONS sip:a SIP/2.0\r\nX: l: 9\r\n${line}\r\n\r\nabc`;
    assert.equal(texts(new StreamFramer().push(Buffer.from(message + message))), [message, message], line);
  }
  const message = 'OPTIONS sip:a SIP/2.0\nl: 3\n\nabc';
  assert.equal(texts(new StreamFramer().push(Buffer.from(message + message))), [message, message]);
});

test('a stream that cannot be cut is given up for good', () => {
  const head = 'OPTIONS sip:a SIP/2.0\r\n';
  for (const [lines, why] of [
    ['X: 1\r\n\r\n', /no Content-Length/],
    ['l: x\r\n\r\n', /not a number/],
    ['l:\r\n\r\n', /not a number/],
    ['l: -1\r\n\r\n', /not a number/],
    ['l: 1\r\nContent-Length: 2\r\n\r\n', /differ/],
    ['l: 65536\r\n\r\n', /64 KiB/],
    ['l: 999999999999999\r\n\r\n', /64 KiB/],
  ] as const) {
    const framer = new StreamFramer();
    refuses(() => framer.push(Buffer.from(head + lines)), why);
    refuses(() => framer.push(Buffer.from(OK)), /given up/);
  }
});

test('an endless head is stopped at 64 KiB, byte by byte and in one piece, in linear time', () => {
  const endless = Buffer.alloc(70_000, 'a');
  refuses(() => new StreamFramer().push(endless), /64 KiB/);
  const framer = new StreamFramer();
  const before = process.cpuUsage();
  refuses(() => {
    for (let at = 0; at < endless.length; at++) framer.push(endless.subarray(at, at + 1));
  }, /64 KiB/);
  const { user, system } = process.cpuUsage(before);
  // Some 20 ms; a framer that searched or copied from the start each time would take seconds.
  assert.ok(user + system < 1_000_000, `${(user + system) / 1000} ms`);
});

test('a message of exactly 64 KiB passes', () => {
  const head = (length: number) => `OPTIONS sip:a SIP/2.0\r\nContent-Length: ${length}\r\n\r\n`;
  const body = 65_536 - head(65_000).length;
  const message = head(body) + 'b'.repeat(body);
  assert.equal(texts(new StreamFramer().push(Buffer.from(message + OK))), [message, OK]);
});

test('ten thousand messages in one chunk come out', () => {
  const message = 'OPTIONS sip:a SIP/2.0\r\nl: 3\r\n\r\nabc';
  const frames = new StreamFramer().push(Buffer.from(message.repeat(10_000)));
  assert.is(frames.length, 10_000);
  assert.ok(texts(frames).every(text => text === message));
});

test('noise never throws anything but its own error', () => {
  const random = seededRandom(7);
  let refusals = 0;
  for (let round = 0; round < 500; round++) {
    const framer = new StreamFramer();
    try {
      for (let i = 0; i < 20; i++)
        framer.push(Buffer.from(Array.from({ length: Math.floor(random() * 300) }, () => Math.floor(random() * 256))));
      framer.push(Buffer.from('\n\n'));
    } catch (error) {
      assert.instance(error, SipParseError);
      refusals++;
    }
  }
  assert.is(refusals, 500);
});

test.run();
