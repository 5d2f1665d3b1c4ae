import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Headers } from '../message/headers.ts';
import { formatReason, readReasons, reasonOfCause, reasonOfStatus, statusOfReasons } from './reason-header.ts';

const read = (...values: string[]) => readReasons(Headers.of(values.map(value => ['Reason', value] as const)));

test('several reasons are read, from one field or more', () => {
  assert.equal(
    read('Q.850 ;cause=16 ;text="Terminated, \\"normally\\""', 'sip;cause=200;text="Call completed elsewhere", X.1'),
    [
      { protocol: 'Q.850', cause: 16, text: 'Terminated, "normally"' },
      { protocol: 'SIP', cause: 200, text: 'Call completed elsewhere' },
      { protocol: 'X.1', cause: null, text: null },
    ],
  );
});

test('what cannot be read is left out, and the rest is not', () => {
  assert.equal(read('SIP;cause', 'b c;cause=1', ';cause=1', 'SIP;text="open', 'Q.850;cause=17'), [
    { protocol: 'SIP', cause: null, text: null },
    { protocol: 'Q.850', cause: 17, text: null },
  ]);
  assert.equal(read('SIP;cause=12345;text="a\tb"'), [{ protocol: 'SIP', cause: null, text: 'a b' }]);
});

test('no more than eight reasons are read, and no text longer than 128 characters', () => {
  assert.is(read(...Array.from({ length: 50 }, () => 'SIP;cause=486')).length, 8);
  assert.is(read(`SIP;text="${'x'.repeat(1000)}"`)[0]?.text?.length, 128);
});

test('a reason is written as it is read', () => {
  const reason = { protocol: 'Q.850', cause: 17, text: 'User "busy"' };
  assert.is(formatReason(reason), 'Q.850;cause=17;text="User \\"busy\\""');
  assert.equal(read(formatReason(reason)), [reason]);
  assert.is(formatReason({ protocol: 'SIP', cause: null, text: null }), 'SIP');
});

test('a text of several lines cannot add a header', () => {
  const value = reasonOfCause(16, 'a\r\nX-Evil: 1');
  assert.not.match(value, /[\r\n]/);
});

test('a status is told in both languages', () => {
  assert.is(reasonOfStatus(486), 'SIP;cause=486;text="Busy Here", Q.850;cause=17;text="User busy"');
  assert.is(reasonOfStatus(200, 'Call completed elsewhere'), 'SIP;cause=200;text="Call completed elsewhere"');
  assert.equal(
    read(reasonOfStatus(503)).map(({ cause }) => cause),
    [503, 41],
  );
});

const STATUSES: [values: string[], status: number | null][] = [
  [[], null],
  [['Q.850;cause=16'], null],
  [['Q.850;cause=17'], 486],
  [['Q.850;cause=41', 'SIP;cause=480'], 480],
  [['SIP;cause=200'], null],
  [['SIP;cause=200', 'Q.850;cause=26'], null],
  [['SIP;cause=999', 'Q.850;cause=26'], 404],
  [['X.1;cause=17'], null],
  [['Q.850;cause=999'], null],
];

for (const [values, status] of STATUSES)
  test(`"${values.join(', ')}" comes to ${status}`, () => assert.is(statusOfReasons(read(...values)), status));

test.run();
