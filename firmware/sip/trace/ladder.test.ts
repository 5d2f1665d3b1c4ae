import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ladder } from './ladder.ts';
import { INVITE, RINGING } from './trace.samples.ts';
import type { TracedMessage } from './traced-message.ts';

const message = (change: Partial<TracedMessage>): TracedMessage => ({
  at: Date.UTC(2026, 0, 1),
  direction: 'out',
  transport: 'udp',
  local: { address: '192.0.2.1', port: 5060 },
  remote: { address: '192.0.2.9', port: 5060 },
  bytes: Buffer.from(INVITE),
  ...change,
});

test('a ladder shows each far end in a column, each message with its time and way', () => {
  const at = Date.UTC(2026, 0, 1);
  const text = ladder({
    messages: [
      message({}),
      message({ at: at + 500 }),
      message({ at: at + 1250, direction: 'in', bytes: Buffer.from(RINGING) }),
      message({ at: at + 1300, transport: 'tls', remote: { address: '2001:db8::7', port: 5061 } }),
    ],
    dropped: 0,
  });
  const lines = text.split('\n');
  assert.is(lines[0], '4 messages from 2026-01-01T00:00:00.000Z');
  assert.match(lines[2]!, /^ {12}box +udp 192\.0\.2\.9:5060 +tls \[2001:db8::7\]:5061$/);
  assert.match(lines[3]!, /^\+0\.000 +\|-- INVITE sip:bob:\*+@192\.0\.2\.9 -*>\|$/);
  assert.match(lines[4]!, /^\+0\.500 +\|-- INVITE .*\(again\) -*>\|$/);
  assert.match(lines[5]!, /^\+1\.250 +\|<-- 180 Ringing -+\|$/);
  assert.ok(lines[6]!.length > lines[5]!.length, 'the second column is further away');
});

test('the messages follow in full, without secrets and without control characters', () => {
  const text = ladder({ messages: [message({ bytes: Buffer.from(`${INVITE}\r\nx\u001b[2J`) })], dropped: 3 });
  assert.match(text, '3 more were not kept');
  assert.match(text, 'box 192.0.2.1:5060 -> udp 192.0.2.9:5060');
  assert.match(text, 'Call-ID: one@box');
  assert.not.match(text, '0123abcd');
  assert.not.match(text, '\u001b');
});

test('a call of which nothing is kept says so', () => {
  assert.is(ladder({ messages: [], dropped: 0 }), 'No message of this call is kept.\n');
});

test.run();
